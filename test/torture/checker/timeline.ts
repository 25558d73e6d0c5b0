/** How something is for a while, as far as answers can tell. */
export interface State {
  /** Every answer that is right while it is so. */
  readonly answers: readonly string[];
  /** How much those grant; 0 = nothing. */
  readonly grants: number;
}

/** An answer that somebody got. Times in milliseconds, all of one clock. */
export interface Read {
  readonly answer: string;
  readonly grants: number;
  /** When the question was sent, and when its answer had arrived. */
  readonly from: number;
  readonly to: number;
}

/**
 * - right: it was so at some moment between question and answer
 * - stale: it had been so, and what ended that was acknowledged before the question was sent
 * - never: it was so at no moment
 */
export type Verdict =
  | { readonly kind: 'right' }
  | { readonly kind: 'stale'; readonly lateMs: number; readonly grantsTooMuch: boolean }
  | { readonly kind: 'never'; readonly grantsTooMuch: boolean };

/** A state that a write brings, or may have brought. */
export interface Span {
  readonly state: State;
  /** Before this it was not so: the write was sent then. */
  readonly from: number;
}

interface Known extends Span {
  /** After this it is no longer so: the write that ended it had been acknowledged. */
  until: number;
  isCertain: boolean;
  /** Answers that nothing else makes right. */
  relied: number;
}

/**
 * What was true of something when, as one who sends all its writes, one after another, can know. A write takes effect at
 * some moment between its request and its answer; one without an answer may have taken effect, or may yet, until the
 * writer knows better.
 */
export class Timeline {
  readonly #spans: Known[];

  constructor(first: State) {
    const always = Number.NEGATIVE_INFINITY;
    this.#spans = [
      { state: first, from: always, until: Number.POSITIVE_INFINITY, isCertain: true, relied: 0 },
    ];
  }

  /** A write was sent that would bring this. */
  begin(state: State, from: number): Span {
    const span = { state, from, until: Number.POSITIVE_INFINITY, isCertain: false, relied: 0 };
    this.#spans.push(span);
    return span;
  }

  /** It has taken effect; whatever was begun before it has ended by now. */
  acknowledge(span: Span, at: number): void {
    const index = this.#find(span);
    for (const earlier of this.#spans.slice(0, index)) earlier.until = Math.min(earlier.until, at);
    const known = this.#spans[index];
    if (known !== undefined) known.isCertain = true;
  }

  /** It never took effect and never will. @returns how many answers were right only if it had */
  drop(span: Span): number {
    const [dropped] = this.#spans.splice(this.#find(span), 1);
    return dropped?.relied ?? 0;
  }

  judge({ answer, grants, from, to }: Read): Verdict {
    const possible = this.#spansWithin(from, to);
    const right = possible.filter(({ state }) => state.answers.includes(answer));
    if (right.length > 0) {
      const [only] = right;
      if (only !== undefined && right.every(({ isCertain }) => !isCertain)) only.relied += 1;
      return { kind: 'right' };
    }
    const grantsTooMuch = possible.every(({ state }) => grants > state.grants);
    const past = this.#spans.findLast(({ state, until }) => until < from && state.answers.includes(answer));
    return past === undefined
      ? { kind: 'never', grantsTooMuch }
      : { kind: 'stale', lateMs: from - past.until, grantsTooMuch };
  }

  /** The last few, newest first, for people to read. */
  tell(count: number): readonly string[] {
    return this.#spans
      .slice(-count)
      .reverse()
      .map(({ state, from, until, isCertain }) => {
        const sent = Number.isFinite(from) ? from.toFixed(1) : 'the beginning';
        const ended = Number.isFinite(until) ? until.toFixed(1) : 'now';
        return `${state.answers.join(' = ')}: sent at ${sent}, over at ${ended}${isCertain ? '' : ', perhaps'}`;
      });
  }

  /** Those that may have been so at some moment in between. They end in the order in which they began. */
  #spansWithin(from: number, to: number): readonly Known[] {
    const first = this.#spans.findLastIndex(({ until }) => until < from) + 1;
    return this.#spans.slice(first).filter((span) => span.from <= to);
  }

  #find(span: Span): number {
    const index = this.#spans.indexOf(span as Known);
    if (index === -1) throw new Error('There is no such span.');
    return index;
  }
}
