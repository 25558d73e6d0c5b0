/** The numbers of the protocol. Milliseconds, but for `ttlJitter`. */
export interface FreshnessSettings {
  /** How long a value may be served: a record that is there, and one that is known to be absent. */
  readonly foundTtlMs: number;
  readonly absentTtlMs: number;
  /** Each value's TTL is spread by up to this fraction, either way. */
  readonly ttlJitter: number;
  /** One for all markers: a late, shorter one could uncover a commit that is still under way. */
  readonly markerTtlMs: number;
  readonly leaseTtlMs: number;
  /** How long a reader waits for another one's load. */
  readonly leaseWaitMs: number;
  readonly cacheTimeoutMs: number;
  /** For a read, and for a whole commit, counted from sending the earliest of its marks. */
  readonly storeTimeoutMs: number;
  /** Which part of the looks at the cache is compared with the store: 0 to 1. */
  readonly sample: number;
}

/** How long a load may take at the most: two looks, leases, the wait for another reader, and the store. */
export function longestLoadMs({ cacheTimeoutMs, leaseWaitMs, storeTimeoutMs }: FreshnessSettings): number {
  return 3 * cacheTimeoutMs + leaseWaitMs + storeTimeoutMs;
}

/** How soon a reader that waits for another one's load looks again. */
export const FIRST_POLL_MS = 5;

/** How often putting a marker is tried, each time with a fresh token. */
export const MARK_ATTEMPTS = 3;

/** How often a change is planned when other writers keep moving its records. */
export const PLAN_ATTEMPTS = 5;

/** A commit must be over well before its markers are: in at most this part of their TTL. */
export const COMMIT_SHARE_OF_MARKER_TTL = 0.8;
