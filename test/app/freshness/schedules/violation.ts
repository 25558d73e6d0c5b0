import type { Call } from './history.ts';

/** A guarantee that a simulation can violate. */
export type Property =
  /** A call that starts after a write was acknowledged returns that write or a later one. */
  | 'acknowledged write missed'
  /** A call never returns a state that had ended before the call started. */
  | 'non-monotonic read'
  /** Everything in one response was true at one instant between invocation and response. */
  | 'inconsistent snapshot'
  /** An acknowledged write was applied exactly once, between invocation and response. */
  | 'acknowledged but not applied'
  | 'retry answered differently'
  | 'organization without an Owner'
  | 'no response'
  /** After all calls have ended and all markers have expired, the cache agrees with the store. */
  | 'stale entry left in the cache';

export interface Violation {
  readonly property: Property;
  readonly details: string;
  readonly call?: Call;
  /** When it was detected; `undefined` = at the end. */
  readonly step?: number;
}
