/** A state of the tracked object, as far as responses reveal it. */
export interface ObservableState {
  /** Every response that is valid in this state. */
  readonly answers: readonly string[];
  /** How much those responses grant; 0 = nothing. */
  readonly permissionLevel: number;
}

/** A response to a read. Times are in milliseconds on one clock. */
export interface Read {
  readonly answer: string;
  readonly permissionLevel: number;
  readonly sentAt: number;
  readonly receivedAt: number;
}

/**
 * - valid: the state existed at some instant between request and response
 * - stale: the state had existed, but its end was acknowledged before the request was sent
 * - impossible: the state never existed
 */
export type Verdict =
  | { readonly kind: 'valid' }
  | { readonly kind: 'stale'; readonly stalenessMs: number; readonly isOverPermissive: boolean }
  | { readonly kind: 'impossible'; readonly isOverPermissive: boolean };

/** A period during which a state existed or may have existed. */
export interface Span {
  readonly state: ObservableState;
  /** When the write that produces the state was sent: the state cannot have existed earlier. */
  readonly since: number;
}

interface TrackedSpan extends Span {
  /** When the write that ended the state was acknowledged: the state cannot exist later. */
  until: number;
  isCertain: boolean;
  /** The number of reads that are valid only if this state existed. */
  dependentReads: number;
}

/**
 * The possible states of an object over time, as known to its only writer, which sends one write at a time. A write takes
 * effect at some instant between request and response. A write without a response may have taken effect or may still do
 * so, until the writer finds out.
 */
export class Timeline {
  readonly #spans: TrackedSpan[];

  constructor(initial: ObservableState) {
    const since = Number.NEGATIVE_INFINITY;
    const until = Number.POSITIVE_INFINITY;
    this.#spans = [{ state: initial, since, until, isCertain: true, dependentReads: 0 }];
  }

  /** A write was sent that produces this state. */
  begin(state: ObservableState, since: number): Span {
    const until = Number.POSITIVE_INFINITY;
    const span = { state, since, until, isCertain: false, dependentReads: 0 };
    this.#spans.push(span);
    return span;
  }

  /** The write has taken effect, so all earlier states have ended. */
  acknowledge(span: Span, at: number): void {
    const index = this.#find(span);
    for (const earlier of this.#spans.slice(0, index)) earlier.until = Math.min(earlier.until, at);
    const acknowledged = this.#spans[index];
    if (acknowledged !== undefined) acknowledged.isCertain = true;
  }

  /** The write has not taken effect and never will. @returns the number of reads that were valid only if it had */
  discard(span: Span): number {
    const [discarded] = this.#spans.splice(this.#find(span), 1);
    return discarded?.dependentReads ?? 0;
  }

  judge({ answer, permissionLevel, sentAt, receivedAt }: Read): Verdict {
    const possible = this.#spansWithin(sentAt, receivedAt);
    const matching = possible.filter(({ state }) => state.answers.includes(answer));
    if (matching.length > 0) {
      const [first] = matching;
      if (first !== undefined && matching.every(({ isCertain }) => !isCertain)) first.dependentReads += 1;
      return { kind: 'valid' };
    }
    const isOverPermissive = possible.every(({ state }) => permissionLevel > state.permissionLevel);
    const past = this.#spans.findLast(({ state, until }) => until < sentAt && state.answers.includes(answer));
    return past === undefined
      ? { kind: 'impossible', isOverPermissive }
      : { kind: 'stale', stalenessMs: sentAt - past.until, isOverPermissive };
  }

  /** The most recent states, newest first, as text. */
  describe(count: number): readonly string[] {
    return this.#spans
      .slice(-count)
      .reverse()
      .map(({ state, since, until, isCertain }) => {
        const from = Number.isFinite(since) ? since.toFixed(1) : 'the start';
        const to = Number.isFinite(until) ? until.toFixed(1) : 'now';
        return `${state.answers.join(' = ')}: possible from ${from} to ${to}${isCertain ? '' : ', unconfirmed'}`;
      });
  }

  /** The states that may have existed in this interval. They end in the order in which they began. */
  #spansWithin(from: number, to: number): readonly TrackedSpan[] {
    const first = this.#spans.findLastIndex(({ until }) => until < from) + 1;
    return this.#spans.slice(first).filter(({ since }) => since <= to);
  }

  #find(span: Span): number {
    const index = this.#spans.indexOf(span as TrackedSpan);
    if (index === -1) throw new Error('The span is not part of this timeline.');
    return index;
  }
}
