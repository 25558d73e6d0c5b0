import { expect } from 'chai';
import { yieldToEventLoop } from '../../support/yield-to-event-loop.ts';
import { type CurrentCache, type Handle, handlesOn, uniqueKey } from './cache-under-test.ts';

const TURNS = Array.from({ length: 20 }, (_, turn) => turn);

/** What holds when operations run at the same time. */
export function cacheAtomicityRules(current: CurrentCache): void {
  let handle: (turn: number) => Handle;

  beforeEach(async () => {
    handle = await handlesOn(current());
  });

  it('of 20 parallel adds exactly one sets the entry', async () => {
    for (let round = 0; round < 5; round += 1) {
      const key = uniqueKey();
      const added = await Promise.all(TURNS.map((turn) => handle(turn).add(key, `by ${turn}`)));
      expect(added.filter((one) => one)).to.have.length(1);
      for (const turn of [0, 1]) expect(await handle(turn).get(key)).to.equal(`by ${added.indexOf(true)}`);
    }
  });

  it('of 20 parallel replaces that expect the same exactly one sets the entry', async () => {
    for (let round = 0; round < 5; round += 1) {
      const key = uniqueKey();
      await handle(0).add(key, 'first');
      const done = await Promise.all(TURNS.map((turn) => handle(turn).replace(key, 'first', `by ${turn}`)));
      expect(done.filter((one) => one)).to.have.length(1);
      for (const turn of [0, 1]) expect(await handle(turn).get(key)).to.equal(`by ${done.indexOf(true)}`);
    }
  });

  it('a put is never lost to an add or a replace that runs beside it, whichever begins first', async () => {
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

  it('of parallel puts one is the last', async () => {
    for (let round = 0; round < 5; round += 1) {
      const key = uniqueKey();
      await Promise.all(TURNS.map((turn) => handle(turn).put(key, `by ${turn}`)));
      const seen = await handle(0).get(key);
      expect(TURNS.map((turn) => `by ${turn}`)).to.include(seen);
      expect(await handle(1).get(key)).to.equal(seen);
    }
  });

  it('many workers count an entry up by replacing it: no step is lost', async () => {
    const key = uniqueKey();
    await handle(0).put(key, '0');
    let succeeded = 0;

    async function worker(turn: number): Promise<void> {
      for (let round = 0; round < 10; round += 1) {
        const seen = await handle(turn).get(key);
        expect(seen).to.be.a('string');
        if (seen === undefined) return;
        if (await handle(turn).replace(key, seen, String(Number(seen) + 1))) succeeded += 1;
      }
    }

    await Promise.all(TURNS.slice(0, 8).map(worker));
    expect(succeeded).to.be.at.least(10);
    expect(await handle(1).get(key)).to.equal(String(succeeded));
  });

  it('entries read together were there together: of two that are set in turn, neither is ahead by more than a step', async () => {
    const [first, second] = [uniqueKey(), uniqueKey()];
    await handle(0).put(first, '0');
    await handle(0).put(second, '0');
    let writes = true;

    async function write(): Promise<void> {
      for (let step = 1; step <= 150; step += 1) {
        expect(await handle(0).replace(first, String(step - 1), String(step))).to.equal(true);
        if (step % 3 === 0) await yieldToEventLoop();
        expect(await handle(0).replace(second, String(step - 1), String(step))).to.equal(true);
        if (step % 4 === 0) await yieldToEventLoop();
      }
    }

    async function watch(turn: number): Promise<void> {
      let least = 0;
      while (writes) {
        const keys = turn < 2 ? [first, second] : [second, first];
        const found = await handle(turn).getMany(keys);
        const [ahead, behind] = turn < 2 ? found : found.toReversed();
        // A cache that cannot tell may answer with something that is no value at all; then there is nothing to compare.
        if (isStep(ahead) && isStep(behind)) {
          expect(Number(ahead) - Number(behind), 'steps between the two').to.be.within(0, 1);
          expect(Number(behind), 'no step back').to.be.at.least(least);
          least = Number(behind);
        }
        await yieldToEventLoop();
      }
    }

    const writing = write().finally(() => {
      writes = false;
    });
    await Promise.all([writing, watch(0), watch(1), watch(2), watch(3)]);
    expect(await handle(1).getMany([first, second])).to.deep.equal(['150', '150']);
  });

  it('a read begun after an acknowledgement never answers what was before', async () => {
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

    async function watch(turn: number): Promise<void> {
      while (acknowledged < 100) {
        const least = acknowledged;
        const seen = turn < 2 ? await handle(turn).get(key) : (await handle(turn).getMany([key]))[0];
        if (isStep(seen)) expect(Number(seen)).to.be.at.least(least);
        await yieldToEventLoop();
      }
    }

    const writing = write().catch((error: unknown) => {
      acknowledged = 100;
      throw error;
    });
    await Promise.all([writing, watch(0), watch(1), watch(2)]);
  });
}

function isStep(value: string | undefined): value is string {
  return value !== undefined && /^\d+$/.test(value);
}
