import type { MemoryUserStore } from '../../../../src/adapters/stores/memory/memory-user-store.ts';
import type { Change, IdempotencyRecord } from '../../../../src/domain/change.ts';
import type { LoadedAll, RecordKey } from '../../../../src/domain/records.ts';
import type { Deadline } from '../../../../src/ports/clock.ts';
import type { CommitLog } from './commit-log.ts';
import type { Store } from './stepped-ports.ts';

/** A store that records every commit. */
export class RecordingStore implements Store {
  readonly inner: MemoryUserStore;
  readonly #log: CommitLog;

  constructor(inner: MemoryUserStore, log: CommitLog) {
    this.inner = inner;
    this.#log = log;
  }

  readMany<const Keys extends readonly RecordKey[]>(
    keys: Keys,
    deadline: Deadline,
  ): Promise<LoadedAll<Keys>> {
    return this.inner.readMany(keys, deadline);
  }

  readIdempotencyRecord(id: string, now: string, deadline: Deadline): Promise<IdempotencyRecord | undefined> {
    return this.inner.readIdempotencyRecord(id, now, deadline);
  }

  async commit(change: Change, deadline: Deadline): Promise<void> {
    await this.inner.commit(change, deadline);
    const keys = change.writes.map(({ key }) => key);
    this.#log.append({ change, written: await this.inner.readMany(keys, Number.POSITIVE_INFINITY) });
  }
}
