/** The parameters of the protocol. Durations are in milliseconds. */
export interface FreshnessSettings {
  /** TTL of a value: of a record that was found, and of one that is known to be absent. */
  readonly foundTtlMs: number;
  readonly absentTtlMs: number;
  /** The TTL of each value varies randomly by up to this fraction in either direction: 0 to less than 1. */
  readonly ttlJitter: number;
  /** The same for all markers: a late marker with a shorter TTL could expire during the commit of another writer. */
  readonly markerTtlMs: number;
  readonly leaseTtlMs: number;
  /** How long a reader waits for the load of another reader. */
  readonly leaseWaitMs: number;
  readonly cacheTimeoutMs: number;
  /** For a read; and for a whole commit, counted from sending the earliest of its markers. */
  readonly storeTimeoutMs: number;
  /** The fraction of cache lookups with hits that are compared with the store: 0 to 1. */
  readonly sample: number;
}

/** The longest that a load may take: two cache lookups, the leases, the wait for another reader, and the store. */
export function maxLoadMs({ cacheTimeoutMs, leaseWaitMs, storeTimeoutMs }: FreshnessSettings): number {
  return 3 * cacheTimeoutMs + leaseWaitMs + storeTimeoutMs;
}

/** The first polling delay of a reader that waits for the load of another reader. */
export const FIRST_POLL_MS = 5;

/** Maximum attempts to put a marker, each with a new token. */
export const MARK_ATTEMPTS = 3;

/** Maximum attempts to plan a change while other writers change its records. */
export const PLAN_ATTEMPTS = 5;

/** A commit must end well before its markers expire: within this fraction of their TTL. */
export const COMMIT_SHARE_OF_MARKER_TTL = 0.8;

/** How often a marker is renewed while it must remain: several attempts may fail before it expires. */
export const RENEWALS_PER_TTL = 3;
