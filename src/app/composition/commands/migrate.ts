import type { Finding } from '../../../ports/diagnosis.ts';
import type { Progress } from '../../../ports/maintenance.ts';
import type { Config } from '../config/config.ts';
import { createContainer } from '../container.ts';
import { TOKENS } from '../tokens.ts';
import { nothingToDo } from './nothing-to-do.ts';

/** `rollcall migrate`: completes records that an earlier version or another application wrote into the store. */
export async function migrate(config: Config, progress: Progress): Promise<readonly Finding[]> {
  const container = await createContainer(config);
  try {
    if (!container.isBound(TOKENS.migratable)) return [nothingToDo(config, 'migrate')];
    return await (await container.getAsync(TOKENS.migratable)).migrate(progress);
  } finally {
    await container.unbindAllAsync();
  }
}
