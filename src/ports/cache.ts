import type { Deadline } from './clock.ts';

/**
 * A shared map from text to text whose entries expire. The freshness protocol needs only these five operations.
 *
 * - Each operation is atomic for its key and sees every write that was acknowledged before it began.
 * - An entry exists until its TTL (milliseconds, at least 1) has passed, unless the cache evicts it for space.
 *   An adapter whose clock is coarser rounds the TTL up.
 * - There is no delete: an entry is replaced, or it expires.
 * - **One call is at most one request on the wire**: nothing is sent twice, nothing is queued while disconnected.
 * - Every operation settles by its deadline. It rejects with `CacheUnavailable` when it fails or misses the deadline;
 *   the operation may have been applied then, or may be applied later.
 * - Values are non-empty text and are returned unchanged.
 */
export interface Cache {
  /** The entry, or `undefined` if there is none. */
  get(key: string, deadline: Deadline): Promise<string | undefined>;

  /**
   * The entries in the order of the keys (at least 1, at most 500), **as they all were at one instant**. If an adapter
   * cannot guarantee that for an entry, it returns a text in its place that no caller has written; the protocol treats
   * such an entry as a marker.
   */
  getMany(keys: readonly string[], deadline: Deadline): Promise<(string | undefined)[]>;

  /** Sets the entry if there is none. `true` = set, `false` = there was one. */
  add(key: string, value: string, ttlMs: number, deadline: Deadline): Promise<boolean>;

  /** Sets the entry if it equals `expected`. `true` = set, `false` = it was different or absent. */
  replace(key: string, expected: string, value: string, ttlMs: number, deadline: Deadline): Promise<boolean>;

  /** Sets the entry unconditionally. `value` must never have been put under this key before. */
  put(key: string, value: string, ttlMs: number, deadline: Deadline): Promise<void>;
}
