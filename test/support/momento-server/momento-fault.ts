import type { status } from '@grpc/grpc-js';
import type { MomentoRequest } from './momento-request.ts';

/**
 * What happens to a request instead of being served at once:
 * - delayed: served after that time
 * - status: refused, not applied; `err` is the trailer by which Momento tells the kind
 * - silent: not applied, and never answered
 * - mute: applied, and never answered
 * - reset: not applied; the connection breaks
 * - lost: applied; the connection breaks before the answer
 * - late: held back until `release`, then applied, whether or not the caller still waits
 */
export type Ending =
  | { readonly delayMs: number }
  | { readonly status: status; readonly err?: string }
  | 'silent'
  | 'mute'
  | 'reset'
  | 'lost'
  | 'late';

/** A rule: what happens to the requests that it names. */
export interface MomentoFault {
  readonly ending: Ending;
  /** Absent = all. */
  readonly method?: MomentoRequest['method'];
  readonly key?: string;
  /** To how many requests; absent = until faults are cleared. */
  readonly times?: number;
}

/** The rules in force; the oldest that names a request decides. */
export class MomentoFaults {
  #rules: { readonly fault: MomentoFault; left: number }[] = [];

  add(fault: MomentoFault): void {
    this.#rules.push({ fault, left: fault.times ?? Number.POSITIVE_INFINITY });
  }

  clear(): void {
    this.#rules = [];
  }

  /** Uses up one of the rule's times. */
  endingOf({ method, key }: MomentoRequest): Ending | undefined {
    const rule = this.#rules.find(
      ({ fault, left }) => left > 0 && (fault.method ?? method) === method && (fault.key ?? key) === key,
    );
    if (rule === undefined) return undefined;
    rule.left -= 1;
    return rule.fault.ending;
  }
}
