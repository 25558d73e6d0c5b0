import type { status } from '@grpc/grpc-js';
import type { MomentoRequest } from './momento-request.ts';

/**
 * What happens to a request instead of an immediate response:
 * - `delayMs`: a response after this delay
 * - `status`: an error, and the request is not applied; `err` is the trailer that identifies Momento's error
 * - `drop-request`: no response, not applied
 * - `drop-response`: no response, applied
 * - `reset-before-apply`: the connection is reset, not applied
 * - `reset-after-apply`: the connection is reset, applied
 * - `hold`: applied when `release` is called, even if the caller has cancelled it
 */
export type FaultOutcome =
  | { readonly delayMs: number }
  | { readonly status: status; readonly err?: string }
  | 'drop-request'
  | 'drop-response'
  | 'reset-before-apply'
  | 'reset-after-apply'
  | 'hold';

/** A rule for the requests that match it. */
export interface MomentoFault {
  readonly outcome: FaultOutcome;
  /** Absent = any. */
  readonly method?: MomentoRequest['method'];
  /** Absent = any. */
  readonly key?: string;
  /** The number of requests that the rule applies to; absent = no limit. */
  readonly times?: number;
}

/** The active rules; the oldest one that matches a request applies. */
export class MomentoFaults {
  #rules: { readonly fault: MomentoFault; remaining: number }[] = [];

  add(fault: MomentoFault): void {
    this.#rules.push({ fault, remaining: fault.times ?? Number.POSITIVE_INFINITY });
  }

  clear(): void {
    this.#rules = [];
  }

  /** Counts as one application of the rule. */
  outcomeFor({ method, key }: MomentoRequest): FaultOutcome | undefined {
    const rule = this.#rules.find(
      ({ fault, remaining }) =>
        remaining > 0 && (fault.method ?? method) === method && (fault.key ?? key) === key,
    );
    if (rule === undefined) return undefined;
    rule.remaining -= 1;
    return rule.fault.outcome;
  }
}
