import { expect } from 'chai';
import type { Change } from '../../../src/domain/change.ts';
import { type RecordKey, userKey } from '../../../src/domain/records.ts';
import {
  aChange,
  anEvent,
  aUser,
  create,
  erase,
  organizationStream,
  SAMPLES,
  samples,
  unique,
  update,
} from '../../support/accounts.ts';
import { deadline } from '../../support/deadline.ts';
import { type CurrentStore, commit, createAll, eventsOf, expectConflict, load } from './store-under-test.ts';

/** A change is atomic, and conditional on the versions of its writes and preconditions. */
export function changeRules(current: CurrentStore): void {
  describe('atomicity', () => {
    it('writes nothing if the last of three records is not as expected', async () => {
      const [fresh, doomed, moved] = [SAMPLES.user(), SAMPLES.membership(), SAMPLES.organization()];
      await commit(current().store, [create(doomed.key, doomed.first), create(moved.key, moved.first)]);
      await expectNothingWritten(
        [create(fresh.key, fresh.first), erase(doomed.key, 1), update(moved.key, 2, moved.second)],
        [],
        moved.key,
      );
    });

    it('writes nothing if the first of three records is not as expected', async () => {
      const [moved, fresh, changed] = [SAMPLES.email(), SAMPLES.invitation(), SAMPLES.membership()];
      await commit(current().store, [create(moved.key, moved.first), create(changed.key, changed.first)]);
      await expectNothingWritten(
        [
          create(moved.key, moved.second),
          create(fresh.key, fresh.first),
          update(changed.key, 1, changed.second),
        ],
        [],
        moved.key,
      );
    });

    it('writes nothing if one of two preconditions fails', async () => {
      const [fresh, holds, moved] = [SAMPLES.membership(), SAMPLES.organization(), SAMPLES.user()];
      await commit(current().store, [create(holds.key, holds.first), create(moved.key, moved.first)]);
      await expectNothingWritten(
        [create(fresh.key, fresh.first)],
        [
          { key: holds.key, version: 1 },
          { key: moved.key, version: 2 },
        ],
        moved.key,
      );
    });

    async function expectNothingWritten(
      writes: Change['writes'],
      conditions: Change['conditions'],
      moved: RecordKey,
    ): Promise<void> {
      const { store } = current();
      const stream = organizationStream();
      const id = unique('request');
      const keys = [...writes, ...conditions].map(({ key }) => key);
      const before = await store.readMany(keys, deadline());
      const change = aChange(writes, {
        conditions,
        events: [anEvent([stream])],
        idempotency: {
          id,
          fingerprint: 'f',
          response: 1,
          changedKeys: keys,
          expiresAt: '2099-01-01T00:00:00.000Z',
        },
      });
      await expectConflict(store.commit(change, deadline()), moved);
      expect(await store.readMany(keys, deadline())).to.deep.equal(before);
      expect(await eventsOf(store, stream)).to.deep.equal([]);
      expect(await store.readIdempotencyRecord(id, change.at, deadline())).to.equal(undefined);
      for (const { record } of writes) {
        if (record === undefined || !('memberUsername' in record)) continue;
        const listed = await store.listMembershipsOfUser(record.memberUsername, { limit: 10 }, deadline());
        expect(listed.items.map((item) => item.record)).to.not.deep.include(record);
      }
    }
  });

  describe('a precondition', () => {
    it('holds for a live record at the version, and does not change it', async () => {
      const { store } = current();
      const conditional = samples();
      await createAll(store, conditional);
      const user = aUser();
      const written = userKey(user.username);
      await commit(store, [create(written, user)], {
        conditions: conditional.map(({ key }) => ({ key, version: 1 })),
      });
      expect((await load(store, written)).version).to.equal(1);
      for (const { key, first } of conditional) {
        expect(await load(store, key)).to.deep.equal({ key, version: 1, record: first });
      }
    });

    it('fails for a record that never existed', async () => {
      for (const { key } of samples()) {
        await expectConditionFails(key, 1);
        await expectConditionFails(key, 0);
      }
    });

    it('fails for a deleted record, even at the version of its tombstone', async () => {
      for (const { key, first } of samples()) {
        await commit(current().store, [create(key, first)]);
        await commit(current().store, [erase(key, 1)]);
        await expectConditionFails(key, 1);
        await expectConditionFails(key, 2);
      }
    });

    it('fails for a record at an older or newer version', async () => {
      for (const { key, first, second } of samples()) {
        await commit(current().store, [create(key, first)]);
        await commit(current().store, [update(key, 1, second)]);
        await expectConditionFails(key, 1);
        await expectConditionFails(key, 3);
        await expectConditionFails(key, 0);
      }
    });

    async function expectConditionFails(key: RecordKey, version: number): Promise<void> {
      const { store } = current();
      const { key: written, first } = SAMPLES.user();
      await expectConflict(commit(store, [create(written, first)], { conditions: [{ key, version }] }), key);
      expect((await load(store, written)).version).to.equal(0);
    }
  });
}
