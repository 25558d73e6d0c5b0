import { type Change, versionAfter } from '../../../../src/domain/change.ts';
import { CommitLog } from './commit-log.ts';
import { SequentialService } from './sequential-service.ts';
import { INITIAL_RECORDS } from './workload.ts';

const DAY_ONE = Date.parse('2026-01-01T00:00:00.000Z');

/** The changes by which every world begins. */
export async function initialRecords(): Promise<readonly Change[]> {
  const log = new CommitLog();
  const alone = new SequentialService(log);
  const changes: Change[] = [];
  for (const operation of INITIAL_RECORDS) {
    const { change } = await alone.ask(operation, log.now, DAY_ONE);
    if (change === undefined) throw new Error(`a world cannot begin with "${operation.name}"`);
    const written = change.writes.map((write) => ({
      key: write.key,
      version: versionAfter(write),
      record: write.record,
    }));
    log.append({ change, written });
    changes.push(change);
  }
  return changes;
}
