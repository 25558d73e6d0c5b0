import { expect } from 'chai';
import { aMembership, create, erase, keyOfMembership, samples, update } from '../../support/accounts.ts';
import { deadline } from '../../support/deadline.ts';
import { yieldToEventLoop } from '../../support/yield-to-event-loop.ts';
import { type CurrentStore, commit, createAll, handlesOf, keysOf, load, race } from './store-under-test.ts';

const ROUNDS = 60;

/** Records read together were true together. */
export function snapshotRules(current: CurrentStore): void {
  it('records of all kinds that move in lock-step are never read at different versions', async () => {
    const handle = await handlesOf(current());
    const moving = samples();
    const keys = keysOf(moving);
    await createAll(handle(0), moving);
    let moves = true;
    const stop = (): void => {
      moves = false;
    };
    const seen = new Set<number>();

    async function move(): Promise<void> {
      for (let version = 1; version <= ROUNDS; version += 1) {
        await commit(
          handle(0),
          moving.map(({ key, first, second }) => update(key, version, version % 2 === 1 ? second : first)),
        );
        await yieldToEventLoop();
      }
    }

    async function watch(turn: number): Promise<void> {
      while (moves) {
        const found = await handle(turn).readMany(turn % 4 < 2 ? keys : keys.toReversed(), deadline());
        const versions = new Set(found.map(({ version }) => version));
        expect([...versions], 'the versions in one snapshot').to.have.length(1);
        const records = moving.map(({ first, second }) => (versionOf(found) % 2 === 0 ? second : first));
        expect(found.map(({ record }) => record)).to.deep.equal(
          turn % 4 < 2 ? records : records.toReversed(),
        );
        seen.add(versionOf(found));
        await yieldToEventLoop();
      }
    }

    await Promise.all([move().finally(stop), watch(0), watch(1), watch(2), watch(3)]);
    expect(seen.size, 'different snapshots that were seen').to.be.above(1);
    expect((await load(handle(0), keys[0] ?? never())).version).to.equal(ROUNDS + 1);
  });

  it('a record that is deleted and another that is created in one change are never both there, nor both gone', async () => {
    const handle = await handlesOf(current());
    const [one, other] = [aMembership(), aMembership()];
    const keys = [keyOfMembership(one), keyOfMembership(other)] as const;
    await commit(handle(0), [create(keys[0], one)]);
    let moves = true;
    const stop = (): void => {
      moves = false;
    };

    async function swap(): Promise<void> {
      let [there, gone] = [
        { key: keys[0], record: one, version: 1 },
        { key: keys[1], record: other, version: 0 },
      ];
      for (let round = 0; round < ROUNDS; round += 1) {
        await commit(handle(round), [
          erase(there.key, there.version),
          create(gone.key, gone.record, gone.version),
        ]);
        [there, gone] = [
          { ...gone, version: gone.version + 1 },
          { ...there, version: there.version + 1 },
        ];
        await yieldToEventLoop();
      }
    }

    async function watch(turn: number): Promise<void> {
      while (moves) {
        const found = await handle(turn).readMany(keys, deadline());
        const living = found.filter(({ record }) => record !== undefined);
        expect(living, 'the living of the two').to.have.length(1);
        await yieldToEventLoop();
      }
    }

    await Promise.all([swap().finally(stop), watch(0), watch(1)]);
  });

  it('a snapshot begun after an acknowledgement never answers what was before, whatever else is running', async () => {
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
        const least = acknowledged;
        expect(versionOf(await handle(turn).readMany(keys, deadline()))).to.be.at.least(least);
        await yieldToEventLoop();
      }
    }

    await Promise.all([writer(0), writer(1), reader(0), reader(1)]);
    expect(versionOf(await handle(1).readMany(keys, deadline()))).to.equal(acknowledged);
  });
}

function versionOf(found: readonly { readonly version: number }[]): number {
  return found[0]?.version ?? never();
}

function never(): never {
  throw new Error('nothing was read');
}
