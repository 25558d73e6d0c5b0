import type { Finding } from '../../../ports/diagnosis.ts';
import type { Progress } from '../../../ports/maintenance.ts';
import type { Config } from '../config/config.ts';
import { createContainer } from '../container.ts';
import { TOKENS } from '../tokens.ts';
import { asInvalidConfiguration } from './as-invalid-configuration.ts';

/** `rollcall sweep`: removes orphaned and expired records. */
export async function sweep(config: Config, progress: Progress): Promise<readonly Finding[]> {
  const container = await createContainer(config);
  try {
    // A cache that is still connecting would refuse the first write.
    await (await container.getAsync(TOKENS.startUp)).waitUntilReady();
    const { memberships, owners, expired } = await (await container.getAsync(TOKENS.sweep)).run(progress);
    const what = `removed: ${memberships} orphaned memberships, ${expired} expired records; repaired: ${owners} users`;
    return [{ level: 'ok', what }];
  } catch (error) {
    throw asInvalidConfiguration(error, config);
  } finally {
    await container.unbindAllAsync();
  }
}
