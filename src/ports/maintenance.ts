import type { Deadline } from './clock.ts';
import type { Finding } from './diagnosis.ts';

/** An adapter that can set up what is behind it: a table, a schema, a cache. */
export interface Provisionable {
  /**
   * Makes what is missing and leaves what is there. Any number of times, also by several at once.
   * @returns what it made, what was there already, and what it cannot make
   */
  provision(deadline: Deadline): Promise<readonly Finding[]>;
}

/** How far a long task is: things done, and how many there are in all, where that is known. */
export type Progress = (done: number, total: number | undefined) => void;

/** A store that can complete what an earlier version, or another program, has written. */
export interface Migratable {
  /**
   * May be stopped at any moment and run any number of times, while the service writes.
   * @returns what was done, and what is left for people to decide
   * @throws {StoreUnavailable | OutcomeUnknown} run it again
   */
  migrate(progress: Progress): Promise<readonly Finding[]>;
}
