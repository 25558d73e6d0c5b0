import type { Finding } from '../../ports/diagnosis.ts';
import type { Config } from './config.ts';
import { createContainer } from './container.ts';
import { TOKENS } from './tokens.ts';

/** `rollcall doctor`: what is found when everything that is configured is reached. */
export async function examine(config: Config): Promise<readonly Finding[]> {
  const container = await createContainer(config);
  try {
    const doctor = await container.getAsync(TOKENS.doctor);
    return await doctor.examine();
  } finally {
    await container.unbindAllAsync();
  }
}
