/** What becomes of one operation of a port. */
export const FATES = [
  'failed',
  'lost',
  'late',
  'crash before',
  'crash after',
  'crash, lands late',
  /** Applied and answered; then the cache throws out what was set. */
  'forgotten',
  /** Applied and answered; then its instance cannot reach the cache for a while. */
  'cut off after',
] as const;
export type Fate = (typeof FATES)[number] | 'answered';

export const PORT_OPERATIONS = [
  'get',
  'getMany',
  'add',
  'replace',
  'put',
  'readMany',
  'readIdempotencyRecord',
  'commit',
] as const;
export type PortOperation = (typeof PORT_OPERATIONS)[number];

/** The `nth` operation of this kind in a round, of all instances together, comes to this. */
export interface Fault {
  readonly operation: PortOperation;
  readonly nth: number;
  readonly fate: Fate;
}

/** What happens to the world before a step. */
export type Disruption =
  | { readonly type: 'time passes'; readonly ms: number }
  /** The cache forgets one of its entries: a value or a lease; where markers may be evicted, a marker first. */
  | { readonly type: 'entry forgotten'; readonly which: number }
  /** For some steps whatever an instance asks of the cache fails; or whatever it sets is lost or late. */
  | {
      readonly type: 'cache out of reach';
      readonly instance: number;
      readonly steps: number;
      readonly fate: 'failed' | 'lost' | 'late';
    }
  /** The reads of an instance pass the cache for some steps, as they do when its circuit breaker is open. */
  | { readonly type: 'cache not trusted'; readonly instance: number; readonly steps: number };

/** What one client wants; which operation, is an index into those of the theme. */
interface Wish {
  readonly instance: number;
  readonly operation: number;
  readonly isIdempotent: boolean;
}

/** What chance decides while clients are served. Steps and operations are counted from when they came. */
export interface Course {
  /** For each step which of the pending ones it is; `undefined` = whoever took the last one goes on. */
  readonly picks: readonly (number | undefined)[];
  readonly faults: readonly Fault[];
  /** What becomes of the sets of each kind, each in its turn, that no fault is meant for. */
  readonly commonFaults: Readonly<Partial<Record<PortOperation, readonly (Fate | undefined)[]>>>;
  /** How many steps each operation of these kinds in its turn is on its way; `undefined` = none. */
  readonly requestDelays: {
    readonly of: readonly PortOperation[];
    readonly steps: readonly (number | undefined)[];
  };
  /** The same of the answers to all operations. */
  readonly answerDelays: readonly (number | undefined)[];
  /** How many steps each operation that lands late is on its way at least. */
  readonly landingDelays: readonly number[];
  readonly disruptions: readonly { readonly at: number; readonly what: Disruption }[];
}

/** Several clients come at once. When they are served, or have given up, some time passes, and the next ones come. */
export interface Round {
  readonly wishes: readonly Wish[];
  readonly course: Course;
  /** How many of them the next ones need not wait for. */
  readonly stragglers: number;
  readonly restMs: number;
}

/**
 * Everything that chance decides in one simulated world: the same schedule gives the same run, step by step. A round
 * brings its own course, so that those after it go much the same without it.
 */
export interface Schedule {
  readonly instances: number;
  readonly msPerStep: number;
  /** How long the cache keeps a value. */
  readonly valueTtlMs: number;
  readonly isCacheWarm: boolean;
  /** Whether the cache may throw out markers: then less is promised. */
  readonly evictsMarkers: boolean;
  readonly theme: number;
  readonly rounds: readonly Round[];
}
