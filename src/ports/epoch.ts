/**
 * One cache server process during one term as primary, with its database and key prefix, as text that is equal for equal
 * servers and never used again for another one.
 */
export type CacheServer = string;

/**
 * The server that answers for a store: equal text means that it has every commit that was acknowledged under this text.
 * PostgreSQL: system identifier and timeline. DynamoDB: region and table. SQLite, memory: a constant.
 */
export type StoreServer = string;

/**
 * - `open`: hits and marked commits under the token.
 * - `closing`: no new hits; permits given before run out. Commits are marked under the token.
 * - `closed`: no hits. Commits are not marked.
 * - `opening`: no hits yet; commits that were not marked run out. Commits are marked under the new token.
 */
export type EpochState = 'open' | 'closing' | 'closed' | 'opening';

/** Why an epoch changed, for people. */
export type EpochReason =
  | 'first use'
  | 'exclusive start'
  | 'cache cannot be marked'
  | 'cache can be marked again'
  | 'cache server replaced'
  | 'store server replaced'
  | 'waited'
  | 'cache reached'
  | 'reset'
  | 'upgrade';

export interface EpochChange {
  /** RFC 3339, UTC, milliseconds, by the clock of the instance that made the change. */
  readonly at: string;
  readonly to: EpochState;
  readonly by: string;
  readonly why: EpochReason;
}

/** Which incarnation of which cache server counts. Part of the store's meta record. */
export interface Epoch {
  /** An instance that does not know this number does not start. */
  readonly protocol: 1;
  /** +1 with every change; after a failover of the store it may have been used before. */
  readonly n: number;
  readonly state: EpochState;
  /** 128 random bits, new with every opening. Absent: no cache entry is believed or written. */
  readonly token?: string;
  /** Absent: nobody can mark. */
  readonly cacheServer?: CacheServer;
  /** The server that acknowledged this state. */
  readonly storeServer: StoreServer;
  /** The id of the instance that made the last change. */
  readonly by: string;
  /** How long a cache server must have been reached without a break before it is taken. Milliseconds. */
  readonly holdMs: number;
  /** How long a read of this record permits hits and commits. Milliseconds. */
  readonly permitMs: number;
  /** The longest that a commit may take from the check of its permit. Milliseconds. */
  readonly commitMs: number;
  /** How long `closing` or `opening` must have been seen before the next state. Milliseconds, 0 in other states. */
  readonly waitMs: number;
  /** The most recent changes, oldest first. */
  readonly changes: readonly EpochChange[];
}
