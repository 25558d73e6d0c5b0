import { expect } from 'chai';
import { endProcesses } from '../support/rollcall-process.ts';
import { runSide } from './run-side.ts';

const PAIR = { store: 'sqlite', cache: 'redis' };
const SETTINGS = {
  seconds: 4,
  seed: 'smoke',
  memberships: 20,
  readers: 16,
  writers: 12,
  faults: true,
  markerTtlMs: 1000,
  sample: 0.1,
};
/** Fewer tell nothing. */
const ENOUGH_ANSWERS = 300;

describe('three instances on sqlite × redis, under load and faults', function () {
  this.timeout(120_000);

  after(endProcesses);

  it('never give an answer that is not true any more', async () => {
    const { tally } = await runSide(PAIR, 'ours', SETTINGS, () => undefined);
    expect(tally.evidence.concat(tally.surprises)).to.deep.equal([]);
    expect(tally.isClean).to.equal(true);
    expect(tally.answers).to.be.greaterThan(ENOUGH_ANSWERS);
  });

  it("do so with the tutorial's caching, which shows that it would be seen", async () => {
    const { tally } = await runSide(PAIR, 'naive', SETTINGS, () => undefined);
    expect(tally.stale).to.be.greaterThan(0);
    expect(tally.lostWrites).to.equal(0);
    expect(tally.answers).to.be.greaterThan(ENOUGH_ANSWERS);
  });
});
