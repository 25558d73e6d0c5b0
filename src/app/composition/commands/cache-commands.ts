import type { Finding } from '../../../ports/diagnosis.ts';
import type { CacheEpochs } from '../../operations/cache-epochs.ts';
import type { Config } from '../config/config.ts';
import { StoreLocked } from '../config/invalid-configuration.ts';
import { createContainer } from '../container.ts';
import { TOKENS } from '../tokens.ts';
import { asInvalidConfiguration } from './as-invalid-configuration.ts';

/** `rollcall cache reset`: invalidates everything cached so far, for example after a backup was restored. */
export function resetCache(config: Config): Promise<readonly Finding[]> {
  return withCacheEpochs(config, (epochs) => epochs.reset());
}

/** `rollcall cache upgrade`: begins epochs on a store of a version before them. */
export function upgradeCache(config: Config): Promise<readonly Finding[]> {
  return withCacheEpochs(config, (epochs) => epochs.upgrade());
}

/** `rollcall cache downgrade`: goes back to a version before epochs. */
export function downgradeCache(config: Config): Promise<readonly Finding[]> {
  return withCacheEpochs(config, (epochs) => epochs.downgrade());
}

async function withCacheEpochs(
  config: Config,
  run: (epochs: CacheEpochs) => Promise<readonly Finding[]>,
): Promise<readonly Finding[]> {
  const container = await createContainer(config);
  try {
    return await run(await container.getAsync(TOKENS.cacheEpochs));
  } catch (error) {
    if (error instanceof StoreLocked) return [inUse(config)];
    throw asInvalidConfiguration(error, config);
  } finally {
    await container.unbindAllAsync();
  }
}

function inUse({ store }: Config): Finding {
  const place = store.kind === 'sqlite' ? store.path : store.kind;
  return {
    level: 'problem',
    what: `another process has ${place} open exclusively, with its cache in its own memory`,
    advice: 'stop that process, then run this command again',
  };
}
