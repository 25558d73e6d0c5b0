import { isYetToBeMade } from '../../adapters/stores/sqlite/sqlite-file.ts';
import type { Finding } from '../../ports/diagnosis.ts';
import type { Config } from './config.ts';
import { createContainer } from './container.ts';
import { TOKENS } from './tokens.ts';

/** `rollcall doctor`: what is found when everything that is configured is reached. */
export async function runDoctor(config: Config): Promise<readonly Finding[]> {
  const { store } = config;
  const container = await createContainer(config);
  try {
    const findings: Finding[] = [];
    if (store.kind === 'sqlite' && isYetToBeMade(store.path)) {
      const what = `sqlite: ${store.path} is not there yet; the service makes it when it starts`;
      findings.push({ level: 'ok', what });
      // Whoever opens it makes it.
      await container.unbind(TOKENS.store);
    }
    const doctor = await container.getAsync(TOKENS.doctor);
    return [...findings, ...(await doctor.run())];
  } finally {
    await container.unbindAllAsync();
  }
}
