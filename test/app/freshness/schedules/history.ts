import type { Revision } from './commit-log.ts';
import type { CallOutcome, Operation } from './operation.ts';

/** One attempt of a client's call. */
export interface Call {
  readonly operation: Operation;
  readonly client: number;
  readonly instance: number;
  /** The same for every attempt; `undefined` = the call is not retried. */
  readonly idempotencyKey: string | undefined;
  readonly invocation: { readonly revision: Revision; readonly step: number; readonly now: number };
  response?: { readonly revision: Revision; readonly step: number; readonly outcome: CallOutcome };
  /** The instance crashed, so there will be no response. */
  isAbandoned: boolean;
}
