import type { Caller } from '../caller.ts';

/** The caller and the time of a change. */
export interface ChangeContext {
  readonly caller: Caller;
  /** RFC 3339, UTC, milliseconds. */
  readonly at: string;
}
