import type { Deadline } from '../../../ports/clock.ts';
import type { Finding } from '../../../ports/diagnosis.ts';
import type { Meta } from '../../../ports/user-store.ts';
import type { CacheBinding } from '../../freshness/cache-binding.ts';
import type { Config } from '../config/config.ts';
import { StoreLocked } from '../config/invalid-configuration.ts';
import { createContainer } from '../container.ts';
import { TOKENS } from '../tokens.ts';

/** `rollcall cache adopt`: registers the configured cache as the one that all instances of the store use. */
export function adoptCache(config: Config): Promise<readonly Finding[]> {
  return raiseGeneration(config, (binding, deadline) => binding.adopt(deadline));
}

/** `rollcall cache reset`: invalidates everything cached so far, for example after a backup was restored. */
export function resetCache(config: Config): Promise<readonly Finding[]> {
  return raiseGeneration(config, (binding, deadline) => binding.reset(deadline));
}

type Raise = (binding: CacheBinding, deadline: Deadline) => Promise<Meta>;

async function raiseGeneration(config: Config, raise: Raise): Promise<readonly Finding[]> {
  try {
    const { cache, generation } = await raiseExclusively(config, raise);
    return [{ level: 'ok', what: `registered cache: "${cache}", generation ${generation}` }];
  } catch (error) {
    if (error instanceof StoreLocked) return [inUse(config)];
    throw error;
  }
}

/**
 * Only a SQLite file shows whether another process uses it; for a shared store the operator must stop all instances.
 * @throws {StoreLocked} another process has the file open
 */
async function raiseExclusively(config: Config, raise: Raise): Promise<Meta> {
  const container = await createContainer(config);
  try {
    const store = await container.getAsync(TOKENS.store);
    if (config.store.kind === 'sqlite' && !store.exclusive) {
      throw new StoreLocked([`SQLITE_PATH: ${JSON.stringify(config.store.path)} is open in another process`]);
    }
    const deadline = container.get(TOKENS.clock).monotonic() + config.freshness.storeTimeoutMs;
    return await raise(await container.getAsync(TOKENS.cacheBinding), deadline);
  } finally {
    await container.unbindAllAsync();
  }
}

function inUse({ store }: Config): Finding {
  const place = store.kind === 'sqlite' ? store.path : store.kind;
  return {
    level: 'problem',
    what: `another process has ${place} open; it would continue with the previous cache`,
    advice: 'stop every instance, then run this command again',
  };
}
