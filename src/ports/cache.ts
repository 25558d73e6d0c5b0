import type { Deadline } from './clock.ts';

/**
 * A shared map from text to text whose entries expire. The freshness protocol is built on just these five operations.
 *
 * - Each is atomic for its key, and sees whatever was acknowledged before it began.
 * - An entry is there until its TTL (milliseconds, at least 1) has passed, unless the cache throws it out for space;
 *   an adapter whose clock is coarser rounds a TTL up.
 * - There is no delete: an entry is replaced, or expires.
 * - **One call is at most one request on the wire**: nothing is sent twice, nothing is queued while disconnected.
 * - Every operation settles by its deadline. It rejects with `CacheUnavailable` where it failed or is late;
 *   it may then have been applied, or be applied later.
 * - Values are non-empty text, given back character by character.
 */
export interface Cache {
  /** The entry, or `undefined` where there is none. */
  get(key: string, deadline: Deadline): Promise<string | undefined>;

  /**
   * The entries in the order of the keys (at least 1, at most 500), **as they all were at one instant**. Where an adapter
   * cannot tell that of an entry, it answers with some text that nobody put there; such an entry is not believed.
   */
  getMany(keys: readonly string[], deadline: Deadline): Promise<(string | undefined)[]>;

  /** Sets the entry if there is none. `true` = set, `false` = there was one. */
  add(key: string, value: string, ttlMs: number, deadline: Deadline): Promise<boolean>;

  /** Sets the entry if it equals `expected`. `true` = set, `false` = it was another, or none. */
  replace(key: string, expected: string, value: string, ttlMs: number, deadline: Deadline): Promise<boolean>;

  /** Sets the entry whatever is there. `value` must be one that was never put under this key before. */
  put(key: string, value: string, ttlMs: number, deadline: Deadline): Promise<void>;
}
