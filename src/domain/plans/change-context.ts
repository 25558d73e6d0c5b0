import type { Caller } from '../caller.ts';

/** Who makes a change, and when. */
export interface ChangeContext {
  readonly caller: Caller;
  /** RFC 3339, UTC, milliseconds. */
  readonly at: string;
}
