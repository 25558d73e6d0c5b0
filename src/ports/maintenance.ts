/** Says what was done, a line at a time. */
export type Report = (line: string) => void;

/** An adapter whose table, schema or cache has to be made before it can be used. */
export interface Provisionable {
  /** Creates what is missing, checks what is there, and says so. May be run any number of times. */
  provision(report: Report): Promise<void>;
}

/** How far something is; `total` is unknown at times. */
export type Progress = (done: number, total: number | undefined) => void;

/** A store that may hold records of an older make. */
export interface Migratable {
  /** Completes them. May be stopped and run again at any time, also while instances serve. */
  migrate(report: Report, progress: Progress): Promise<void>;
}
