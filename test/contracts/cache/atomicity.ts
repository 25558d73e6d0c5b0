import { expect } from 'chai';
import { yieldToEventLoop } from '../../support/yield-to-event-loop.ts';
import { type CurrentCache, type Handle, handlesOn, uniqueKey } from './cache-under-test.ts';

const TURNS = Array.from({ length: 20 }, (_, turn) => turn);

/** Concurrent operations. */
export function cacheAtomicityRules(current: CurrentCache): void {
  let handle: (turn: number) => Handle;

  beforeEach(async () => {
    handle = await handlesOn(current());
  });

  it('lets exactly one of 20 concurrent adds set the entry', async () => {
    for (let round = 0; round < 5; round += 1) {
      const key = uniqueKey();
      const added = await Promise.all(TURNS.map((turn) => handle(turn).add(key, `by ${turn}`)));
      expect(added.filter((one) => one)).to.have.length(1);
      for (const turn of [0, 1]) expect(await handle(turn).get(key)).to.equal(`by ${added.indexOf(true)}`);
    }
  });

  it('lets exactly one of 20 concurrent replaces with the same expected value set the entry', async () => {
    for (let round = 0; round < 5; round += 1) {
      const key = uniqueKey();
      await handle(0).add(key, 'first');
      const results = await Promise.all(
        TURNS.map((turn) => handle(turn).replace(key, 'first', `by ${turn}`)),
      );
      expect(results.filter((one) => one)).to.have.length(1);
      for (const turn of [0, 1]) expect(await handle(turn).get(key)).to.equal(`by ${results.indexOf(true)}`);
    }
  });

  it('never loses a put to a concurrent add or replace, whichever starts first', async () => {
    for (const turn of TURNS) {
      const [added, replaced] = [uniqueKey(), uniqueKey()];
      await handle(0).add(replaced, 'first');
      const putFirst = turn % 4 < 2;
      const puts = () => [added, replaced].map((key) => handle(turn + 1).put(key, 'by put'));
      const early = putFirst ? puts() : [];
      const rivals = [
        handle(turn).add(added, 'by add'),
        handle(turn).replace(replaced, 'first', 'by replace'),
      ];
      const late = putFirst ? [] : puts();
      await Promise.all([...early, ...rivals, ...late]);
      expect(await handle(turn).getMany([added, replaced])).to.deep.equal(['by put', 'by put']);
    }
  });

  it('keeps the value of one of several concurrent puts', async () => {
    for (let round = 0; round < 5; round += 1) {
      const key = uniqueKey();
      await Promise.all(TURNS.map((turn) => handle(turn).put(key, `by ${turn}`)));
      const value = await handle(0).get(key);
      expect(TURNS.map((turn) => `by ${turn}`)).to.include(value);
      expect(await handle(1).get(key)).to.equal(value);
    }
  });

  it('loses no increment when concurrent workers increment an entry by replace', async () => {
    const key = uniqueKey();
    await handle(0).put(key, '0');
    let succeeded = 0;

    async function worker(turn: number): Promise<void> {
      for (let round = 0; round < 10; round += 1) {
        const value = await handle(turn).get(key);
        expect(value).to.be.a('string');
        if (value === undefined) return;
        if (await handle(turn).replace(key, value, String(Number(value) + 1))) succeeded += 1;
      }
    }

    await Promise.all(TURNS.slice(0, 8).map(worker));
    expect(succeeded).to.be.at.least(10);
    expect(await handle(1).get(key)).to.equal(String(succeeded));
  });

  it('returns entries as of one instant: two that are incremented alternately never differ by more than one step', async () => {
    const [first, second] = [uniqueKey(), uniqueKey()];
    await handle(0).put(first, '0');
    await handle(0).put(second, '0');
    let isWriting = true;

    async function write(): Promise<void> {
      for (let step = 1; step <= 150; step += 1) {
        expect(await handle(0).replace(first, String(step - 1), String(step))).to.equal(true);
        if (step % 3 === 0) await yieldToEventLoop();
        expect(await handle(0).replace(second, String(step - 1), String(step))).to.equal(true);
        if (step % 4 === 0) await yieldToEventLoop();
      }
    }

    async function observe(turn: number): Promise<void> {
      let minimum = 0;
      while (isWriting) {
        const keys = turn < 2 ? [first, second] : [second, first];
        const found = await handle(turn).getMany(keys);
        const [ahead, behind] = turn < 2 ? found : found.toReversed();
        // A cache that cannot read both as of one instant may return a value that was never set, which is skipped.
        if (isStep(ahead) && isStep(behind)) {
          expect(Number(ahead) - Number(behind), 'steps between the two entries').to.be.within(0, 1);
          expect(Number(behind), 'an earlier step').to.be.at.least(minimum);
          minimum = Number(behind);
        }
        await yieldToEventLoop();
      }
    }

    const writing = write().finally(() => {
      isWriting = false;
    });
    await Promise.all([writing, observe(0), observe(1), observe(2), observe(3)]);
    expect(await handle(1).getMany([first, second])).to.deep.equal(['150', '150']);
  });

  it('never returns an older value to a read that began after a newer one was acknowledged', async () => {
    const key = uniqueKey();
    await handle(0).put(key, '0');
    let acknowledged = 0;

    async function write(): Promise<void> {
      for (let step = 1; step <= 100; step += 1) {
        if (step % 2 === 0) await handle(step / 2).put(key, String(step));
        else expect(await handle(step).replace(key, String(step - 1), String(step))).to.equal(true);
        acknowledged = step;
        await yieldToEventLoop();
      }
    }

    async function observe(turn: number): Promise<void> {
      while (acknowledged < 100) {
        const minimum = acknowledged;
        const value = turn < 2 ? await handle(turn).get(key) : (await handle(turn).getMany([key]))[0];
        if (isStep(value)) expect(Number(value)).to.be.at.least(minimum);
        await yieldToEventLoop();
      }
    }

    const writing = write().catch((error: unknown) => {
      acknowledged = 100;
      throw error;
    });
    await Promise.all([writing, observe(0), observe(1), observe(2)]);
  });
}

function isStep(value: string | undefined): value is string {
  return value !== undefined && /^\d+$/.test(value);
}
