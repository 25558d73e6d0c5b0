import { MemoryUserStore } from '../../../../src/adapters/stores/memory/memory-user-store.ts';
import type { Change } from '../../../../src/domain/change.ts';

const NEVER = Number.POSITIVE_INFINITY;

/** Ignores versions: the last commit wins. */
export class LastWriterWins extends MemoryUserStore {
  override async commit(change: Change, deadline: number): Promise<void> {
    const current = await this.readMany(
      change.writes.map(({ key }) => key),
      NEVER,
    );
    const writes = change.writes.map((write, i) => ({
      ...write,
      expected: { exists: current[i]?.record !== undefined, version: current[i]?.version ?? 0 },
    }));
    return super.commit({ ...change, writes, conditions: [] }, deadline);
  }
}

/** Checks the versions of written records only, not of records that the decision has read. */
export class WithoutReadPreconditions extends MemoryUserStore {
  override commit(change: Change, deadline: number): Promise<void> {
    return super.commit({ ...change, conditions: [] }, deadline);
  }
}

/** Removes tombstones at once, so that a re-created record starts at version 1 again. */
export class WithoutTombstones extends MemoryUserStore {
  override async commit(change: Change, deadline: number): Promise<void> {
    await super.commit(change, deadline);
    const deleted = change.writes.filter(({ record }) => record === undefined).length;
    if (deleted > 0) await this.removeExpired('9999-12-31T00:00:00.000Z', deleted, NEVER);
  }
}
