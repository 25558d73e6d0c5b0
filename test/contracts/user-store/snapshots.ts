import { expect } from 'chai';
import { aMembership, create, erase, keyOfMembership, samples, update } from '../../support/accounts.ts';
import { deadline } from '../../support/deadline.ts';
import { yieldToEventLoop } from '../../support/yield-to-event-loop.ts';
import { type CurrentStore, commit, createAll, handlesOf, keysOf, load, race } from './store-under-test.ts';

const ROUNDS = 60;

/** A read of several records is a snapshot. */
export function snapshotRules(current: CurrentStore): void {
  it('never returns different versions of records that are always changed together', async () => {
    const handle = await handlesOf(current());
    const moving = samples();
    const keys = keysOf(moving);
    await createAll(handle(0), moving);
    let isMoving = true;
    const stopObserving = (): void => {
      isMoving = false;
    };
    const seenVersions = new Set<number>();

    async function advanceAll(): Promise<void> {
      for (let version = 1; version <= ROUNDS; version += 1) {
        await commit(
          handle(0),
          moving.map(({ key, first, second }) => update(key, version, version % 2 === 1 ? second : first)),
        );
        await yieldToEventLoop();
      }
    }

    async function observe(turn: number): Promise<void> {
      while (isMoving) {
        const found = await handle(turn).readMany(turn % 4 < 2 ? keys : keys.toReversed(), deadline());
        const versions = new Set(found.map(({ version }) => version));
        expect([...versions], 'the versions in one snapshot').to.have.length(1);
        const records = moving.map(({ first, second }) => (versionOf(found) % 2 === 0 ? second : first));
        expect(found.map(({ record }) => record)).to.deep.equal(
          turn % 4 < 2 ? records : records.toReversed(),
        );
        seenVersions.add(versionOf(found));
        await yieldToEventLoop();
      }
    }

    await Promise.all([advanceAll().finally(stopObserving), observe(0), observe(1), observe(2), observe(3)]);
    expect(seenVersions.size, 'number of different snapshots').to.be.above(1);
    expect((await load(handle(0), keys[0] ?? fail())).version).to.equal(ROUNDS + 1);
  });

  it('returns exactly one of two records that each change deletes and creates alternately', async () => {
    const handle = await handlesOf(current());
    const [one, other] = [aMembership(), aMembership()];
    const keys = [keyOfMembership(one), keyOfMembership(other)] as const;
    await commit(handle(0), [create(keys[0], one)]);
    let isMoving = true;
    const stopObserving = (): void => {
      isMoving = false;
    };

    async function swap(): Promise<void> {
      let [present, absent] = [
        { key: keys[0], record: one, version: 1 },
        { key: keys[1], record: other, version: 0 },
      ];
      for (let round = 0; round < ROUNDS; round += 1) {
        await commit(handle(round), [
          erase(present.key, present.version),
          create(absent.key, absent.record, absent.version),
        ]);
        [present, absent] = [
          { ...absent, version: absent.version + 1 },
          { ...present, version: present.version + 1 },
        ];
        await yieldToEventLoop();
      }
    }

    async function observe(turn: number): Promise<void> {
      while (isMoving) {
        const found = await handle(turn).readMany(keys, deadline());
        const living = found.filter(({ record }) => record !== undefined);
        expect(living, 'the live records').to.have.length(1);
        await yieldToEventLoop();
      }
    }

    await Promise.all([swap().finally(stopObserving), observe(0), observe(1)]);
  });

  it('never returns older versions to a read that began after newer ones were acknowledged', async () => {
    const handle = await handlesOf(current());
    const moving = samples().slice(0, 2);
    const keys = keysOf(moving);
    await createAll(handle(0), moving);
    let acknowledged = 1;

    async function writer(turn: number): Promise<void> {
      for (let round = 0; round < 20; round += 1) {
        const loaded = await handle(turn).readMany(keys, deadline());
        const tried = moving.map(({ key, second }, index) =>
          update(key, loaded[index]?.version ?? 0, second),
        );
        const { winners } = await race([commit(handle(turn), tried)]);
        if (winners.length === 1) acknowledged = Math.max(acknowledged, versionOf(loaded) + 1);
        await yieldToEventLoop();
      }
    }

    async function reader(turn: number): Promise<void> {
      for (let round = 0; round < 40; round += 1) {
        const minimum = acknowledged;
        expect(versionOf(await handle(turn).readMany(keys, deadline()))).to.be.at.least(minimum);
        await yieldToEventLoop();
      }
    }

    await Promise.all([writer(0), writer(1), reader(0), reader(1)]);
    expect(versionOf(await handle(1).readMany(keys, deadline()))).to.equal(acknowledged);
  });
}

function versionOf(found: readonly { readonly version: number }[]): number {
  return found[0]?.version ?? fail();
}

function fail(): never {
  throw new Error('no record was read');
}
