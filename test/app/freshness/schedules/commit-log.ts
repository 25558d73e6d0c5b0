import type { Change } from '../../../../src/domain/change.ts';
import { type Loaded, type RecordKey, recordId } from '../../../../src/domain/records.ts';

/** The number of commits that had been applied by then. */
export type Instant = number;

export interface Commit {
  readonly change: Change;
  /** What the store held afterwards. */
  readonly written: readonly Loaded[];
}

/** What the store held at every instant, in the order in which its commits were applied. */
export class CommitLog {
  readonly #commits: Commit[] = [];
  readonly #versions = new Map<string, { readonly since: Instant; readonly loaded: Loaded }[]>();

  get now(): Instant {
    return this.#commits.length;
  }

  append(commit: Commit): void {
    this.#commits.push(commit);
    for (const loaded of commit.written) {
      const id = recordId(loaded.key);
      const versions = this.#versions.get(id) ?? [];
      this.#versions.set(id, versions);
      versions.push({ since: this.now, loaded });
    }
  }

  /** The commit that made this instant out of the one before. */
  commitAt(instant: Instant): Commit | undefined {
    return this.#commits[instant - 1];
  }

  /** When the outcome of this id was first remembered, if it was by then. */
  instantOfOutcome(id: string, until: Instant): Instant | undefined {
    const at = this.#commits.findIndex(({ change }) => change.idempotency?.id === id);
    return at < 0 || at + 1 > until ? undefined : at + 1;
  }

  at(instant: Instant, key: RecordKey): Loaded {
    const versions = this.#versions.get(recordId(key));
    return (
      versions?.findLast(({ since }) => since <= instant)?.loaded ?? { key, version: 0, record: undefined }
    );
  }

  /** When it became what it was at this instant; 0 = it never was anything. */
  sinceWhen(instant: Instant, key: RecordKey): Instant {
    return this.#versions.get(recordId(key))?.findLast(({ since }) => since <= instant)?.since ?? 0;
  }

  /** Every key that was ever written. */
  keys(): readonly RecordKey[] {
    return [...this.#versions.values()].flatMap(([first]) => (first ? [first.loaded.key] : []));
  }
}
