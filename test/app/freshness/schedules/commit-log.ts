import type { Change } from '../../../../src/domain/change.ts';
import { type Loaded, type RecordKey, recordId } from '../../../../src/domain/records.ts';

/** A state of the store, identified by the number of commits applied so far. */
export type Revision = number;

export interface Commit {
  readonly change: Change;
  /** The written records as the store held them after the commit. */
  readonly written: readonly Loaded[];
}

/** All commits in the order in which they were applied, and with them every past state of the store. */
export class CommitLog {
  readonly #commits: Commit[] = [];
  readonly #versions = new Map<string, { readonly revision: Revision; readonly loaded: Loaded }[]>();

  get latest(): Revision {
    return this.#commits.length;
  }

  append(commit: Commit): void {
    this.#commits.push(commit);
    for (const loaded of commit.written) {
      const id = recordId(loaded.key);
      const versions = this.#versions.get(id) ?? [];
      this.#versions.set(id, versions);
      versions.push({ revision: this.latest, loaded });
    }
  }

  /** The commit that produced this revision. */
  commitAt(revision: Revision): Commit | undefined {
    return this.#commits[revision - 1];
  }

  /** The revision that stored the idempotency record with this id, if not later than `latest`. */
  idempotencyRecordRevision(id: string, latest: Revision): Revision | undefined {
    const index = this.#commits.findIndex(({ change }) => change.idempotency?.id === id);
    return index < 0 || index + 1 > latest ? undefined : index + 1;
  }

  /** The record as of a revision. */
  at(revision: Revision, key: RecordKey): Loaded {
    return this.#versionAt(revision, key)?.loaded ?? { key, version: 0, record: undefined };
  }

  /** The revision that last wrote this record, as of `revision`; 0 = it was never written. */
  lastWriteRevision(revision: Revision, key: RecordKey): Revision {
    return this.#versionAt(revision, key)?.revision ?? 0;
  }

  /** Every key that was ever written. */
  keys(): readonly RecordKey[] {
    return [...this.#versions.values()].flatMap(([first]) => (first ? [first.loaded.key] : []));
  }

  #versionAt(revision: Revision, key: RecordKey) {
    return this.#versions.get(recordId(key))?.findLast((version) => version.revision <= revision);
  }
}
