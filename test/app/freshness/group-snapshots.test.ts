import { expect } from 'chai';
import fc from 'fast-check';
import type { Group } from '../../../src/app/freshness/pending-groups.ts';
import { changeOf, put } from '../../../src/domain/change.ts';
import { type Loaded, type RecordKey, userKey } from '../../../src/domain/records.ts';
import { Conflict } from '../../../src/ports/errors.ts';
import { aUser, uniqueUsername } from '../../support/accounts.ts';
import { freshInstance, freshStack } from '../../support/fresh-stack.ts';
import { sleepAsStep } from '../../support/sleep-as-step.ts';

const NOW = '2026-01-01T00:00:00.000Z';

/** Changes all records in one commit, so that their versions are equal at every instant. */
const changeAll = (loaded: readonly Loaded[]) => ({
  result: (loaded[0]?.version ?? 0) + 1,
  change: changeOf({
    at: NOW,
    writes: loaded.map((one) => put(one, one.record ?? aUser())),
    preconditions: [],
    events: [],
  }),
});

/** Overlapping groups: a record may be answered from the cache for one group and loaded for another. */
const overlapping = ([a, b, c]: readonly RecordKey[]): readonly Group[] =>
  a && b && c ? [[a, b], [b, c], [c, a, b], [a]] : [];

describe('groups of records, under random schedules of two writers and two readers on two instances', () => {
  it('are consistent snapshots and never miss an acknowledged write', () =>
    fc.assert(
      fc.asyncProperty(fc.scheduler(), async (scheduler) => {
        const stack = freshStack();
        const instances = [stack, freshInstance(stack)];
        const keys = [1, 2, 3].map(() => userKey(uniqueUsername()));
        await stack.writer.write({ keys, plan: changeAll });
        for (const { cache } of instances) {
          cache.script = ({ operation }) =>
            scheduler.schedule(Promise.resolve('answered' as const), operation);
        }
        stack.store.beforeRead = () => scheduler.schedule(Promise.resolve(), 'read');
        stack.store.beforeCommit = () => scheduler.schedule(Promise.resolve(), 'commit');
        stack.clock.sleep = sleepAsStep(() => scheduler.schedule(Promise.resolve(), 'sleep'));

        let acknowledged = 1;
        const write = async ({ writer }: (typeof instances)[number]) => {
          try {
            const version = await writer.write({ keys, plan: changeAll });
            acknowledged = Math.max(acknowledged, version);
          } catch (error) {
            if (!(error instanceof Conflict)) throw error;
          }
        };
        const read = async ({ reader }: (typeof instances)[number]) => {
          for (let n = 0; n < 2; n += 1) {
            const before = acknowledged;
            const answers = await reader.readGroups(overlapping(keys));
            for (const answer of answers) {
              const versions = new Set(answer.map(({ version }) => version));
              expect([...versions], 'one version in a group').to.have.length(1);
              expect(Math.min(...versions)).to.be.at.least(before);
            }
          }
        };
        await scheduler.waitFor(Promise.all(instances.flatMap((one) => [write(one), read(one)])));
      }),
      { numRuns: 150 },
    ));
});
