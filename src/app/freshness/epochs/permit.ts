import type { RecordKey } from '../../../domain/records.ts';
import { recordId } from '../../../domain/records.ts';
import type { Cache } from '../../../ports/cache.ts';
import type { CacheServer, EpochState, StoreServer } from '../../../ports/epoch.ts';
import type { Meta } from '../../../ports/meta-store.ts';
import type { Stopwatch } from './stopwatch.ts';

/** What a consistent read of the meta record permits, and for how long. */
export interface Permit {
  readonly meta: Meta;
  /** The server that answered the read. */
  readonly storeServer: StoreServer;
  /** `legacy` = the record has no epoch yet: instances of the version before use it too. */
  readonly state: EpochState | 'legacy';
  /** Started before the read was sent. */
  readonly age: Stopwatch;
  /** Milliseconds. */
  readonly validForMs: number;
}

export function isValid({ age, validForMs }: Permit): boolean {
  return age.atMost < validForMs;
}

export function permitsHits({ state }: Permit): boolean {
  return state === 'open' || state === 'legacy';
}

/** Whether two permits are of the same token on the same store, so that marks under the one are marks under the other. */
export function isSameEpoch(one: Permit, other: Permit): boolean {
  return (
    one.storeServer === other.storeServer &&
    one.meta.storeId === other.meta.storeId &&
    one.meta.generation === other.meta.generation &&
    one.meta.epoch?.token === other.meta.epoch?.token
  );
}

/** Where the entries of an epoch are: the server that counts, and the key of each record. */
export interface Keyspace {
  readonly server: CacheServer;
  keyOf(key: RecordKey): string;
}

/** `undefined` = no cache server counts, or for a store without epochs none is reached. */
export function keyspaceOf({ meta, state }: Permit, cache: Cache): Keyspace | undefined {
  if (state === 'legacy') {
    const reached = cache.server();
    if (reached === undefined) return undefined;
    const scope = `${reached.legacyScope}${meta.storeId}:${meta.generation}:`;
    return { server: reached.id, keyOf: (key) => scope + recordId(key) };
  }
  const { token, cacheServer } = meta.epoch ?? {};
  if (token === undefined || cacheServer === undefined) return undefined;
  return { server: cacheServer, keyOf: (key) => `${token}:${recordId(key)}` };
}
