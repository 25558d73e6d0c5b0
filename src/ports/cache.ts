import type { Deadline } from './clock.ts';
import type { CacheServer } from './epoch.ts';

/** The cache server that is reached now, as a primary. */
export interface ReachedServer {
  readonly id: CacheServer;
  /** When this connection was made, on `Clock.monotonic`: another value means that there was a break. */
  readonly connectedAt: number;
  /** Whether this server was promoted in the place of the other one, which therefore is no primary any more. */
  succeeds(other: CacheServer): boolean;
  /** What versions before epochs put before every key. */
  readonly legacyScope: string;
}

/**
 * A shared map from text to text whose entries expire. The freshness protocol is built on just these operations.
 *
 * - Each is atomic for its key, and sees everything that was acknowledged before it began.
 * - An entry is kept until its TTL (milliseconds, at least 1) has passed, unless the cache evicts it; an adapter whose
 *   clock is coarser rounds a TTL up.
 * - There is no delete: an entry is replaced, or expires.
 * - **One call is at most one request on the wire**: nothing is sent twice, nothing is queued while disconnected.
 * - **Each names the server that it is meant for** (`on`), and rejects unsent where another process, database or prefix is
 *   reached. Reads prove in the same exchange that this server answered, as a primary, in the term that `on` names;
 *   sets need not prove the term.
 * - Every operation settles by its deadline. It rejects with `CacheUnavailable` where it failed, is late or is unproven; a
 *   set may then have been applied, or be applied later.
 * - Values are non-empty text, returned unchanged.
 */
export interface Cache {
  /** `undefined` = no server is reached as a primary; reads then reject with the reason. */
  server(): ReachedServer | undefined;

  /** Gives up the connection, if there is one, and connects again, asking anew which server is the primary. */
  reconnect(): void;

  /** The entry, or `undefined` where there is none. */
  get(key: string, on: CacheServer, deadline: Deadline): Promise<string | undefined>;

  /**
   * The entries in the order of the keys (at least 1, at most 500), **as they all were at one instant**. Where an adapter
   * cannot establish that for an entry, it answers with some text that nobody put there; such an entry is not believed.
   */
  getMany(keys: readonly string[], on: CacheServer, deadline: Deadline): Promise<(string | undefined)[]>;

  /** Sets the entry if there is none. `true` = set, `false` = there was one. */
  add(key: string, value: string, ttlMs: number, on: CacheServer, deadline: Deadline): Promise<boolean>;

  /** Sets the entry if it equals `expected`. `true` = set, `false` = it was another, or none. */
  replace(
    key: string,
    expected: string,
    value: string,
    ttlMs: number,
    on: CacheServer,
    deadline: Deadline,
  ): Promise<boolean>;

  /** Sets the entry whatever is there. `value` must be one that was never put under this key before. */
  put(key: string, value: string, ttlMs: number, on: CacheServer, deadline: Deadline): Promise<void>;
}
