import type { Verdict } from './timeline.ts';

const MAX_NOTES = 10;

/** What the readers and writers of one variant observed. */
export class Statistics {
  /** Reads with a response. */
  reads = 0;
  staleReads = 0;
  /** Invalid reads that grant more than every state that was possible at the time. */
  overPermissiveReads = 0;
  /** Reads of a state that never existed. */
  impossibleReads = 0;
  /** Memberships that are still read as stale after the load has ended. */
  staleAtEnd = 0;
  lostWrites = 0;
  writes = 0;
  /** Writes whose first attempt had no definite outcome. */
  unknownOutcomes = 0;
  /** Reads without a response. */
  failedReads = 0;
  /** Stale entries that the consistency sampler of the instances reported. */
  samplerMismatches = 0;
  /** The maximum time between the acknowledgement of a write and a read that missed it. */
  maxStalenessMs = 0;
  /** Responses that the service should never send. */
  readonly unexpectedResponses: string[] = [];
  /** The first invalid reads, with the states that were possible at the time. */
  readonly evidence: string[] = [];
  /** When the first invalid read completed. */
  firstViolationAt: number | undefined;

  /** @param describe details of an invalid read */
  recordVerdict(verdict: Verdict, at: number, describe: () => string): void {
    this.reads += 1;
    if (verdict.kind === 'valid') return;
    if (verdict.kind === 'stale') {
      this.staleReads += 1;
      this.maxStalenessMs = Math.max(this.maxStalenessMs, verdict.stalenessMs);
    } else this.impossibleReads += 1;
    if (verdict.isOverPermissive) this.overPermissiveReads += 1;
    this.firstViolationAt ??= at;
    this.#addNote(this.evidence, describe());
  }

  /** Records reads that returned the effect of a write that was never applied. */
  recordUnwrittenReads(reads: number, describe: () => string): void {
    if (reads === 0) return;
    this.impossibleReads += reads;
    this.#addNote(this.evidence, describe());
  }

  recordLostWrite(description: string): void {
    this.lostWrites += 1;
    this.#addNote(this.evidence, description);
  }

  recordStaleAtEnd(memberships: number, evidence: readonly string[]): void {
    this.staleAtEnd += memberships;
    for (const description of evidence) this.#addNote(this.evidence, `after the load: ${description}`);
  }

  recordUnexpected(description: string): void {
    this.#addNote(this.unexpectedResponses, description);
  }

  #addNote(list: string[], note: string): void {
    if (list.length < MAX_NOTES) list.push(note);
  }
}
