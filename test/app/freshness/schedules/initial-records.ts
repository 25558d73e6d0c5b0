import { type Change, versionAfter } from '../../../../src/domain/change.ts';
import { CommitLog } from './commit-log.ts';
import { SequentialService } from './sequential-service.ts';
import { SETUP_OPERATIONS } from './workloads.ts';

const START_TIME = Date.parse('2026-01-01T00:00:00.000Z');

/** The changes with which every simulation starts. */
export async function initialRecords(): Promise<readonly Change[]> {
  const log = new CommitLog();
  const service = new SequentialService(log);
  const changes: Change[] = [];
  for (const operation of SETUP_OPERATIONS) {
    const { change } = await service.invoke(operation, log.latest, START_TIME);
    if (change === undefined) throw new Error(`The setup operation "${operation.name}" changed nothing.`);
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
