import type { CallOutcome } from './operation.ts';
import type { Disruption, InjectedOutcome, PortOperation } from './schedule.ts';

/** The effect of a port operation on the cache or the store. */
export type Effect = { readonly result: unknown } | { readonly error: unknown } | 'none';

interface CallReference {
  readonly client: number;
  readonly instance: number;
  readonly operationName: string;
}

/** One event of a simulation. */
export type TraceEvent = { readonly ms: number; readonly step: number } & (
  | ({ readonly type: 'call invoked' | 'call abandoned' } & CallReference)
  | ({ readonly type: 'call completed'; readonly outcome: CallOutcome } & CallReference)
  | {
      readonly type: 'operation';
      readonly instance: number;
      readonly operation: PortOperation;
      readonly keys: readonly string[];
      readonly expected?: string | undefined;
      readonly value?: unknown;
      readonly outcome: InjectedOutcome | 'response delivered' | 'timed out' | 'late application';
      readonly effect: Effect;
    }
  | { readonly type: 'sleep ended'; readonly instance: number }
  | { readonly type: 'disruption'; readonly disruption: Disruption; readonly key?: string }
  | { readonly type: 'crash'; readonly instance: number }
  | { readonly type: 'phase'; readonly description: string }
);

export type OperationEvent = Extract<TraceEvent, { type: 'operation' }>;
