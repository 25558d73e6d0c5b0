import type { Instant } from './commit-log.ts';
import type { Operation, Outcome } from './operation.ts';

/** One call of one client, and what it came to. */
export interface Call {
  readonly operation: Operation;
  readonly client: number;
  readonly instance: number;
  /** Where it may be repeated: the same for every attempt. */
  readonly key: string | undefined;
  readonly began: { readonly instant: Instant; readonly step: number; readonly now: number };
  ended?: { readonly instant: Instant; readonly step: number; readonly outcome: Outcome };
  /** Its instance has crashed: nobody waits for it any more. */
  isGivenUp: boolean;
}
