/** The faults that can be injected into one operation of a port. */
export const FAULT_OUTCOMES = [
  /** Not applied; an error is returned. */
  'failed',
  /** Applied, but the response is lost. */
  'response lost',
  /** Times out; applied later. */
  'applied late',
  'crash before',
  'crash after',
  'crash, applied late',
  /** Applied and acknowledged; then the cache evicts the entry that was written. */
  'evicted after',
  /** Applied and acknowledged; then the instance is partitioned from the cache for a while. */
  'partitioned after',
] as const;
export type InjectedOutcome = (typeof FAULT_OUTCOMES)[number] | 'ok';

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

/** The outcome of the `nth` operation of this kind in a round, counted over all instances. */
export interface Fault {
  readonly operation: PortOperation;
  readonly nth: number;
  readonly outcome: InjectedOutcome;
}

/** An event that affects the environment before a step. */
export type Disruption =
  | { readonly type: 'time passes'; readonly ms: number }
  /** The cache evicts a value or a lease; a marker first if markers may be evicted. */
  | { readonly type: 'entry evicted'; readonly which: number }
  /** For some steps all cache operations of an instance fail, or the responses to its cache writes are lost or late. */
  | {
      readonly type: 'cache partition';
      readonly instance: number;
      readonly steps: number;
      readonly outcome: 'failed' | 'response lost' | 'applied late';
    }
  /** For some steps the reads of an instance bypass the cache, as they do while its circuit breaker is open. */
  | { readonly type: 'circuit breaker open'; readonly instance: number; readonly steps: number };

/** One call of one client. */
interface ScheduledCall {
  readonly instance: number;
  /** Index into the operations of the workload. */
  readonly operation: number;
  readonly isIdempotent: boolean;
}

/** The random decisions of one round. Steps and operations are counted from the start of the round. */
export interface RoundDecisions {
  /** For each step, which of the pending steps runs next; `undefined` = the default order. */
  readonly stepChoices: readonly (number | undefined)[];
  readonly faults: readonly Fault[];
  /** Per kind of operation, the outcomes of successive operations that `faults` does not name. */
  readonly faultsByOperation: Readonly<
    Partial<Record<PortOperation, readonly (InjectedOutcome | undefined)[]>>
  >;
  /** For successive operations of these kinds, the delay of the request in steps; `undefined` = none. */
  readonly requestDelays: {
    readonly operations: readonly PortOperation[];
    readonly steps: readonly (number | undefined)[];
  };
  /** For successive operations of all kinds, the delay of the response in steps. */
  readonly responseDelays: readonly (number | undefined)[];
  /** For successive operations that are applied late, the minimum delay in steps. */
  readonly lateApplyDelays: readonly number[];
  readonly disruptions: readonly { readonly at: number; readonly disruption: Disruption }[];
}

/** Concurrent calls of several clients. The next round starts when they have completed and `idleMs` has passed. */
export interface Round {
  readonly calls: readonly ScheduledCall[];
  readonly decisions: RoundDecisions;
  /** How many calls may still be running when the next round starts. */
  readonly stragglers: number;
  readonly idleMs: number;
}

/**
 * All random decisions of one simulation: the same schedule produces the same run, step by step. Each round has its own
 * decisions, so removing one round during shrinking changes the others little.
 */
export interface Schedule {
  readonly instances: number;
  readonly msPerStep: number;
  /** TTL of values in the cache. */
  readonly valueTtlMs: number;
  readonly isCacheWarm: boolean;
  /** Whether the cache may evict markers, which weakens the guarantees. */
  readonly evictsMarkers: boolean;
  /** Index into `WORKLOADS`. */
  readonly workload: number;
  readonly rounds: readonly Round[];
}
