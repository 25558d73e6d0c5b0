import type { Call } from './history.ts';

/** What is promised. */
export type Property =
  /** A call that begins after the acknowledgement of a change is answered by it, or by something later. */
  | 'acknowledged change missed'
  /** Who asks later is not told what was true earlier. */
  | 'answers out of order'
  /** What is told together was true together, at an instant between question and answer. */
  | 'never true together'
  /** What is acknowledged was done, once, between question and answer. */
  | 'acknowledged but not done'
  | 'repeated request answered differently'
  | 'organization without an Owner'
  | 'no answer'
  /** When all has come to rest, the cache holds nothing but what the store holds. */
  | 'stuck in the cache';

export interface Violation {
  readonly property: Property;
  readonly what: string;
  readonly call?: Call;
  /** When it was seen, if not at the end. */
  readonly step?: number;
}
