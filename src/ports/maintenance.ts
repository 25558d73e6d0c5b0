import type { Deadline } from './clock.ts';
import type { Finding } from './diagnosis.ts';

/** An adapter that can set up its server: a table, a schema, a cache. */
export interface Provisionable {
  /**
   * Creates what is missing and leaves what exists. Idempotent; several processes may call it concurrently.
   * @returns what was created, what existed already, and what cannot be created
   */
  provision(deadline: Deadline): Promise<readonly Finding[]>;
}

/** Progress of a long task: `done` of `total` items; `undefined` = the total is unknown. */
export type Progress = (done: number, total: number | undefined) => void;

/** A store that can complete records that an earlier version or another application has written. */
export interface Migratable {
  /**
   * Can be interrupted at any moment and repeated any number of times, while the service is running.
   * @returns what was migrated, and what an operator must decide
   * @throws {StoreUnavailable | OutcomeUnknown} run it again
   */
  migrate(progress: Progress): Promise<readonly Finding[]>;
}

/** A store that can be copied to a file while it is used. */
export interface BackupSource {
  /**
   * Writes a copy of one moment: the whole file, or none. Never overwrites a file.
   * @returns what was written, or why nothing was
   */
  backUp(file: string, progress: Progress): Promise<readonly Finding[]>;
}
