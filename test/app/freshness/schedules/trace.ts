import type { Outcome } from './operation.ts';
import type { Disruption, Fate, PortOperation } from './schedule.ts';

/** How an operation of a port ended, as far as the cache or the store is concerned. */
export type Effect = { readonly answer: unknown } | { readonly refusal: unknown } | 'none';

/** One thing that happened in a simulated world. */
export type Traced = { readonly ms: number; readonly step: number } & (
  | {
      readonly type: 'asked' | 'given up';
      readonly client: number;
      readonly instance: number;
      readonly what: string;
    }
  | {
      readonly type: 'answered';
      readonly client: number;
      readonly instance: number;
      readonly what: string;
      readonly outcome: Outcome;
    }
  | {
      readonly type: 'operation';
      readonly instance: number;
      readonly operation: PortOperation;
      readonly keys: readonly string[];
      readonly expected?: string | undefined;
      readonly sent?: unknown;
      readonly fate: Fate | 'answer arrives' | 'timed out' | 'landed';
      readonly effect: Effect;
    }
  | { readonly type: 'woke'; readonly instance: number }
  | { readonly type: 'happening'; readonly what: Disruption; readonly key?: string }
  | { readonly type: 'crash'; readonly instance: number }
  | { readonly type: 'stage'; readonly what: string }
);
