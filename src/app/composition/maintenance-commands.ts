import type { Deadline } from '../../ports/clock.ts';
import type { Finding } from '../../ports/diagnosis.ts';
import type { Progress } from '../../ports/maintenance.ts';
import type { Meta } from '../../ports/user-store.ts';
import type { CacheBinding } from '../freshness/cache-binding.ts';
import { asInvalidConfiguration } from './as-invalid-configuration.ts';
import { type Config, StoreLocked } from './config.ts';
import { createContainer } from './container.ts';
import { TOKENS } from './tokens.ts';

/** Amazon takes half a minute for a table, and a few for one with much in it. */
const PROVISION_MS = 300_000;

/** `rollcall provision`: sets up what is behind the adapters. */
export async function provision(config: Config): Promise<readonly Finding[]> {
  const container = await createContainer(config);
  try {
    const deadline = container.get(TOKENS.clock).monotonic() + PROVISION_MS;
    const all = await container.getAllAsync(TOKENS.provisionable);
    if (all.length === 0) return [nothingToDo(config, 'provision')];
    const findings: Finding[] = [];
    for (const one of all) findings.push(...(await one.provision(deadline)));
    return findings;
  } finally {
    await container.unbindAllAsync();
  }
}

/** `rollcall migrate`: completes what earlier versions, or the tutorial, have written into the store. */
export async function migrate(config: Config, progress: Progress): Promise<readonly Finding[]> {
  const container = await createContainer(config);
  try {
    if (!container.isBound(TOKENS.migratable)) return [nothingToDo(config, 'migrate')];
    return await (await container.getAsync(TOKENS.migratable)).migrate(progress);
  } finally {
    await container.unbindAllAsync();
  }
}

/** `rollcall sweep`: removes what deletions left behind, and what has expired. */
export async function sweep(config: Config, progress: Progress): Promise<readonly Finding[]> {
  const container = await createContainer(config);
  try {
    // What is still being reached would refuse the first change.
    await (await container.getAsync(TOKENS.startUp)).waitUntilReady();
    const { memberships, owners, expired } = await (await container.getAsync(TOKENS.sweep)).run(progress);
    const what = `removed: ${memberships} memberships of who is gone, ${expired} that had expired; tidied: ${owners} users`;
    return [{ level: 'ok', what }];
  } catch (error) {
    throw asInvalidConfiguration(error, config);
  } finally {
    await container.unbindAllAsync();
  }
}

/** `rollcall cache adopt`: the store's instances are to use the cache that is set here. */
export function adoptCache(config: Config): Promise<readonly Finding[]> {
  return raiseGeneration(config, (binding, deadline) => binding.adopt(deadline));
}

/** `rollcall cache reset`: nothing that was cached so far is to be believed, as after a backup was restored. */
export function resetCache(config: Config): Promise<readonly Finding[]> {
  return raiseGeneration(config, (binding, deadline) => binding.reset(deadline));
}

async function raiseGeneration(
  config: Config,
  raise: (binding: CacheBinding, deadline: Deadline) => Promise<Meta>,
): Promise<readonly Finding[]> {
  try {
    const { cache, generation } = await raisedAlone(config, raise);
    const what = `the store's instances use the cache "${cache}" from now on, generation ${generation}`;
    return [{ level: 'ok', what }];
  } catch (error) {
    if (error instanceof StoreLocked) return [inUse(config)];
    throw error;
  }
}

/** Nobody can tell whether a table is in use. @throws {StoreLocked} another process has the file open */
async function raisedAlone(
  config: Config,
  raise: (binding: CacheBinding, deadline: Deadline) => Promise<Meta>,
): Promise<Meta> {
  const container = await createContainer(config);
  try {
    const store = await container.getAsync(TOKENS.store);
    if (config.store.kind === 'sqlite' && !store.exclusive) {
      throw new StoreLocked([`SQLITE_PATH: ${JSON.stringify(config.store.path)} given; it is in use`]);
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
    what: `another process has ${place} open; it would go on with the cache as it was`,
    advice: 'stop every instance, and run this again',
  };
}

function nothingToDo({ store, cache }: Config, task: string): Finding {
  return { level: 'ok', what: `STORE=${store.kind} and CACHE=${cache.kind} have nothing to ${task}` };
}
