import { isCreatable } from '../../../adapters/stores/sqlite/files/creatable.ts';
import type { Finding } from '../../../ports/diagnosis.ts';
import type { Config } from '../config/config.ts';
import { createContainer } from '../container.ts';
import { TOKENS } from '../tokens.ts';

/** `rollcall doctor`: connects to the configured store and cache, and reports what it finds. */
export async function runDoctor(config: Config): Promise<readonly Finding[]> {
  const { store } = config;
  const container = await createContainer(config);
  try {
    const findings: Finding[] = [];
    if (store.kind === 'sqlite') {
      // The cache of this process is never read again: it need not open the store for writing.
      await container.unbind(TOKENS.externalCommits);
      if (isCreatable(store.path)) {
        const what = `sqlite: ${store.path} does not exist yet; the service creates it when it starts`;
        findings.push({ level: 'ok', what });
        await container.unbind(TOKENS.inspectedStore);
        await container.unbind(TOKENS.storeDiagnosis);
      }
    }
    const doctor = await container.getAsync(TOKENS.doctor);
    return [...findings, ...(await doctor.run())];
  } finally {
    await container.unbindAllAsync();
  }
}
