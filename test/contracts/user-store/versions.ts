import { expect } from 'chai';
import type { Write } from '../../../src/domain/change.ts';
import {
  anEvent,
  create,
  erase,
  KINDS,
  organizationStream,
  SAMPLES,
  type Sample,
  update,
} from '../../support/accounts.ts';
import { type CurrentStore, commit, createAll, eventsOf, expectConflict, load } from './store-under-test.ts';

/** Versions, tombstones and rejected expectations. */
export function versionRules(current: CurrentStore): void {
  for (const kind of KINDS) {
    describe(`of records of kind ${kind}`, () => {
      it('start at 1 and increase with every change, deletion and re-creation', async () => {
        const { store } = current();
        const { key, first, second } = SAMPLES[kind]();
        await commit(store, [create(key, first)]);
        expect(await load(store, key)).to.deep.equal({ key, version: 1, record: first });
        await commit(store, [update(key, 1, second)]);
        expect(await load(store, key)).to.deep.equal({ key, version: 2, record: second });
        await commit(store, [update(key, 2, first)]);
        expect(await load(store, key)).to.deep.equal({ key, version: 3, record: first });
        await commit(store, [erase(key, 3)]);
        expect(await load(store, key)).to.deep.equal({ key, version: 4, record: undefined });
        await commit(store, [create(key, second, 4)]);
        expect(await load(store, key)).to.deep.equal({ key, version: 5, record: second });
        await commit(store, [erase(key, 5)]);
        expect(await load(store, key)).to.deep.equal({ key, version: 6, record: undefined });
        await commit(store, [create(key, first, 6)]);
        expect(await load(store, key)).to.deep.equal({ key, version: 7, record: first });
      });

      it('increase with a write of the same record', async () => {
        const { store } = current();
        const { key, first } = SAMPLES[kind]();
        await commit(store, [create(key, first)]);
        await commit(store, [update(key, 1, first)]);
        expect(await load(store, key)).to.deep.equal({ key, version: 2, record: first });
      });

      it('reject an update, a deletion and a re-creation of a record that never existed', async () => {
        const sample = SAMPLES[kind]();
        for (const version of [0, 1]) await expectConflicts(sample, 'live', version);
        await expectConflicts(sample, 'absent', 1);
      });

      it('reject a creation of a live record, and any other write at a different version', async () => {
        const sample = SAMPLES[kind]();
        await commit(current().store, [create(sample.key, sample.first)]);
        await commit(current().store, [update(sample.key, 1, sample.first)]);
        for (const version of [0, 1, 3]) await expectConflicts(sample, 'live', version);
        for (const version of [0, 1, 2, 3]) await expectConflicts(sample, 'absent', version);
      });

      it('reject an update of a deleted record, and a creation at any version but that of its tombstone', async () => {
        const sample = SAMPLES[kind]();
        await commit(current().store, [create(sample.key, sample.first)]);
        await commit(current().store, [erase(sample.key, 1)]);
        for (const version of [0, 1, 3]) await expectConflicts(sample, 'absent', version);
        for (const version of [0, 1, 2, 3]) await expectConflicts(sample, 'live', version);
      });
    });
  }

  it('reject a second deletion without an increase of the version', async () => {
    const { store } = current();
    const { key, first } = SAMPLES.organization();
    await commit(store, [create(key, first)]);
    await commit(store, [erase(key, 1)]);
    await expectConflict(commit(store, [erase(key, 1)]), key);
    await expectConflict(commit(store, [erase(key, 2)]), key);
    expect((await load(store, key)).version).to.equal(2);
  });

  it('are independent per record in a change that creates, updates and deletes', async () => {
    const { store } = current();
    const [created, changed, deleted] = [SAMPLES.user(), SAMPLES.organization(), SAMPLES.membership()];
    await commit(store, [create(changed.key, changed.first), create(deleted.key, deleted.first)]);
    await commit(store, [update(changed.key, 1, changed.first)]);
    await commit(store, [
      create(created.key, created.first),
      update(changed.key, 2, changed.second),
      erase(deleted.key, 1),
    ]);
    expect(await load(store, created.key)).to.deep.include({ version: 1, record: created.first });
    expect(await load(store, changed.key)).to.deep.include({ version: 3, record: changed.second });
    expect(await load(store, deleted.key)).to.deep.include({ version: 2, record: undefined });
  });

  it('increase in one change that deletes a user and its claim and updates 25 organizations with events', async () => {
    const { store } = current();
    const [user, claim] = [SAMPLES.user(), SAMPLES.email()];
    const owned = Array.from({ length: 25 }, () => SAMPLES.organization());
    await createAll(store, [user, claim, ...owned]);
    const streams = owned.map(() => organizationStream());
    await commit(
      store,
      [erase(user.key, 1), erase(claim.key, 1), ...owned.map(({ key, second }) => update(key, 1, second))],
      { events: streams.map((stream) => anEvent([stream])) },
    );
    for (const { key } of [user, claim]) expect((await load(store, key)).record).to.equal(undefined);
    for (const { key, second } of owned) {
      expect(await load(store, key)).to.deep.equal({ key, version: 2, record: second });
    }
    for (const stream of streams) expect(await eventsOf(store, stream)).to.have.length(1);
  });

  /** Expects every kind of write with this expectation to be rejected without an effect. */
  async function expectConflicts(
    { key, second }: Sample,
    expected: 'live' | 'absent',
    version: number,
  ): Promise<void> {
    const { store } = current();
    const before = await load(store, key);
    const writes: Write[] =
      expected === 'live'
        ? [update(key, version, second), erase(key, version)]
        : [create(key, second, version)];
    for (const write of writes) {
      await expectConflict(commit(store, [write]), key);
      expect(await load(store, key)).to.deep.equal(before);
    }
  }
}
