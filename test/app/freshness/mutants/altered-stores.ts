import { MemoryUserStore } from '../../../../src/adapters/stores/memory/memory-user-store.ts';
import type { Change } from '../../../../src/domain/change.ts';

const NEVER = Number.POSITIVE_INFINITY;

/** Whoever comes last wins, whatever they knew. */
export class LastWriterWins extends MemoryUserStore {
  override async commit(change: Change, deadline: number): Promise<void> {
    const now = await this.readMany(
      change.writes.map(({ key }) => key),
      NEVER,
    );
    const writes = change.writes.map((write, i) => ({
      ...write,
      expected: { exists: now[i]?.record !== undefined, version: now[i]?.version ?? 0 },
    }));
    return super.commit({ ...change, writes, conditions: [] }, deadline);
  }
}

/** What a decision rests on is not looked at again, only what it writes. */
export class WritesConditionedOnly extends MemoryUserStore {
  override commit(change: Change, deadline: number): Promise<void> {
    return super.commit({ ...change, conditions: [] }, deadline);
  }
}

/** Nothing remains of what is deleted: the next one of that name begins with version 1 again. */
export class WithoutTombstones extends MemoryUserStore {
  override async commit(change: Change, deadline: number): Promise<void> {
    await super.commit(change, deadline);
    const deleted = change.writes.filter(({ record }) => record === undefined).length;
    if (deleted > 0) await this.removeExpired('9999-12-31T00:00:00.000Z', deleted, NEVER);
  }
}
