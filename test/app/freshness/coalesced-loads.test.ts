import { expect } from 'chai';
import { CoalescedLoads, type Load } from '../../../src/app/freshness/coalesced-loads.ts';
import { maxLoadMs } from '../../../src/app/freshness/freshness-settings.ts';
import type { Group } from '../../../src/app/freshness/pending-groups.ts';
import { type Loaded, userKey } from '../../../src/domain/records.ts';
import { StoreUnavailable } from '../../../src/ports/errors.ts';
import { uniqueUsername } from '../../support/accounts.ts';
import { SETTINGS } from '../../support/fresh-stack.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { rejectionOf } from '../../support/rejection-of.ts';
import { yieldToEventLoop } from '../../support/yield-to-event-loop.ts';

const ANN: Group = [userKey(uniqueUsername('ann'))];
const BOB: Group = [userKey(uniqueUsername('bob'))];

/** A load that the test ends; all its records have the given version. */
interface StartedLoad {
  readonly groups: readonly Group[];
  end(version: number): void;
  fail(): void;
}

function coalescedLoads() {
  const clock = new ManualClock();
  const loads = new CoalescedLoads({ clock, settings: SETTINGS });
  const started: StartedLoad[] = [];
  const load: Load = (groups) =>
    new Promise((resolve, reject) => {
      started.push({
        groups,
        end: (version) =>
          resolve(groups.map((group) => group.map((key): Loaded => ({ key, version, record: undefined })))),
        fail: () => reject(new StoreUnavailable('scripted')),
      });
    });
  /** A read that begins now. Calling the returned function means that the cache lookup was a miss. */
  const read = () => {
    const began = loads.begin();
    return async (...groups: Group[]) => {
      const answers = await loads.coalesce(groups, began, { loadNow: load, loadAfter: load });
      return answers.map((answer) => answer[0]?.version);
    };
  };
  const readNow = (...groups: Group[]) => read()(...groups);
  return { clock, started, read, readNow };
}

describe('CoalescedLoads', () => {
  it('runs one load for all reads that began before it', async () => {
    const { started, read } = coalescedLoads();
    const pendingReads = Array.from({ length: 1000 }, read);
    const reads = pendingReads.map((afterMiss) => afterMiss(ANN));
    await yieldToEventLoop();
    expect(started).to.have.length(1);
    started[0]?.end(7);
    expect(new Set((await Promise.all(reads)).flat())).to.deep.equal(new Set([7]));
  });

  it('lets reads that began after a load wait, then runs one load for all of them', async () => {
    const { started, readNow } = coalescedLoads();
    const early = readNow(ANN);
    const late = Array.from({ length: 1000 }, () => readNow(ANN));
    await yieldToEventLoop();
    expect(started).to.have.length(1);
    started[0]?.end(1);
    expect(await early).to.deep.equal([1]);
    await yieldToEventLoop();
    expect(started).to.have.length(2);
    started[1]?.end(2);
    expect(new Set((await Promise.all(late)).flat())).to.deep.equal(new Set([2]));
  });

  it('shares a load that had to wait with reads that began before it started', async () => {
    const { started, read, readNow } = coalescedLoads();
    const first = readNow(ANN);
    const second = readNow(ANN);
    const slow = read();
    started[0]?.end(1);
    await first;
    await yieldToEventLoop();
    const third = slow(ANN);
    started[1]?.end(2);
    expect([await second, await third]).to.deep.equal([[2], [2]]);
    expect(started).to.have.length(2);
  });

  it('loads all idle groups in one call and returns each group in the requested order', async () => {
    const { started, readNow } = coalescedLoads();
    const both = readNow(ANN, BOB);
    expect(started.map(({ groups }) => groups)).to.deep.equal([[ANN, BOB]]);
    const bob = readNow(BOB);
    started[0]?.end(1);
    expect(await both).to.deep.equal([1, 1]);
    await yieldToEventLoop();
    expect(started[1]?.groups).to.deep.equal([BOB]);
    started[1]?.end(2);
    expect(await bob).to.deep.equal([2]);
  });

  it('takes one group from a running load and loads only the others', async () => {
    const { started, read } = coalescedLoads();
    const [one, other] = [read(), read()];
    const first = one(ANN);
    const second = other(BOB, ANN);
    expect(started.map(({ groups }) => groups)).to.deep.equal([[ANN], [BOB]]);
    started[0]?.end(1);
    started[1]?.end(2);
    expect([await first, await second]).to.deep.equal([[1], [2, 1]]);
  });

  it('fails for all reads that share a failed load, and loads again for the next read', async () => {
    const { started, read, readNow } = coalescedLoads();
    const failures = [read(), read()].map((afterMiss) => rejectionOf(afterMiss(ANN)));
    const later = readNow(ANN);
    started[0]?.fail();
    for (const failure of await Promise.all(failures)) expect(failure).to.be.instanceOf(StoreUnavailable);
    await yieldToEventLoop();
    started[1]?.end(1);
    expect(await later).to.deep.equal([1]);
  });

  it('limits the wait of each read to the maximum duration of a load', async () => {
    const { clock, started, readNow } = coalescedLoads();
    const stuck = readNow(ANN);
    const first = rejectionOf(readNow(ANN));
    await clock.advance(maxLoadMs(SETTINGS) - 1);
    const second = readNow(ANN);
    await clock.advance(1);
    expect(await first).to.be.instanceOf(StoreUnavailable);
    started[0]?.end(1);
    await stuck;
    await yieldToEventLoop();
    started[1]?.end(2);
    expect(await second).to.deep.equal([2]);
  });
});
