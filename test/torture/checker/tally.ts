import type { Verdict } from './timeline.ts';

/** What was seen on one side. */
export class Tally {
  answers = 0;
  stale = 0;
  /** Of the wrong answers, those that granted more than anything that may have been true. */
  grantsTooMuch = 0;
  never = 0;
  stuck = 0;
  lostWrites = 0;
  writes = 0;
  /** Writes without a clear answer, which had to be asked for again. */
  unclear = 0;
  /** Reads without an answer. */
  unanswered = 0;
  disagreements = 0;
  /** How late the worst stale answer was, in milliseconds. */
  latestMs = 0;
  /** Answers that nobody should ever get. */
  readonly surprises: string[] = [];
  /** The first wrong answers, with what was true then. */
  readonly evidence: string[] = [];
  /** When the first wrong answer came; `undefined` = there was none. */
  firstWrongAt: number | undefined;

  /** @param tell says more about a wrong answer */
  count(verdict: Verdict, at: number, tell: () => string): void {
    this.answers += 1;
    if (verdict.kind === 'right') return;
    if (verdict.kind === 'stale') {
      this.stale += 1;
      this.latestMs = Math.max(this.latestMs, verdict.lateMs);
    } else this.never += 1;
    if (verdict.grantsTooMuch) this.grantsTooMuch += 1;
    this.firstWrongAt ??= at;
    this.#note(this.evidence, tell());
  }

  /** A write that took no effect was seen by so many reads. */
  countUnfounded(reads: number, tell: () => string): void {
    if (reads === 0) return;
    this.never += reads;
    this.#note(this.evidence, tell());
  }

  countLostWrite(tell: string): void {
    this.lostWrites += 1;
    this.#note(this.evidence, tell);
  }

  countStuck(memberships: number, evidence: readonly string[]): void {
    this.stuck += memberships;
    for (const tell of evidence) this.#note(this.evidence, `in the end: ${tell}`);
  }

  surprise(what: string): void {
    this.#note(this.surprises, what);
  }

  #note(list: string[], what: string): void {
    if (list.length < MOST_NOTES) list.push(what);
  }
}

const MOST_NOTES = 10;
