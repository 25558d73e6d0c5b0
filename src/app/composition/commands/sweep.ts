import type { Finding } from '../../../ports/diagnosis.ts';
import type { Progress } from '../../../ports/maintenance.ts';
import type { Config } from '../config/config.ts';
import { StoreLocked } from '../config/invalid-configuration.ts';
import { createContainer } from '../container.ts';
import { TOKENS } from '../tokens.ts';
import { asInvalidConfiguration } from './as-invalid-configuration.ts';

/** `rollcall sweep`: removes orphaned and expired records. */
export async function sweep(config: Config, progress: Progress): Promise<readonly Finding[]> {
  try {
    return await sweepStore(config, progress);
  } catch (error) {
    if (error instanceof StoreLocked) return [sweptByServer(error)];
    throw asInvalidConfiguration(error, config);
  }
}

async function sweepStore(config: Config, progress: Progress): Promise<readonly Finding[]> {
  const container = await createContainer(config);
  try {
    // A cache that is still connecting would refuse the first write.
    await (await container.getAsync(TOKENS.startUp)).waitUntilReady();
    const { memberships, owners, expired } = await (await container.getAsync(TOKENS.sweep)).run(progress);
    const what = `removed: ${memberships} orphaned memberships, ${expired} expired records; repaired: ${owners} users`;
    return [{ level: 'ok', what }];
  } finally {
    await container.unbindAllAsync();
  }
}

function sweptByServer({ pid }: StoreLocked): Finding {
  return {
    level: 'problem',
    what: `nothing was removed: another process${pid === undefined ? '' : ` (pid ${pid})`} has the store open exclusively`,
    advice:
      'a running service sweeps automatically once a day; to sweep now, stop it and run this command again',
  };
}
