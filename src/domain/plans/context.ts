import type { Actor } from '../event.ts';

/** Who makes a change, and when. */
export interface Context {
  readonly actor: Actor;
  /** RFC 3339, UTC, milliseconds. */
  readonly at: string;
}
