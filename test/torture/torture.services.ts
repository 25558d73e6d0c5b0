import { expect } from 'chai';
import { endProcesses } from '../support/rollcall-process.ts';
import { runSide } from './run-side.ts';
import { notAsPromised } from './verdict.ts';

const PAIR = { store: 'sqlite', cache: 'redis' };
const SETTINGS = {
  seconds: 8,
  seed: 'smoke',
  memberships: 20,
  readers: 16,
  writers: 12,
  faults: true,
  markerTtlMs: 1000,
  sample: 1,
};
/** Fewer tell nothing. */
const ENOUGH_ANSWERS = 300;

describe('three instances on sqlite × redis, under load and faults', function () {
  this.timeout(120_000);

  after(endProcesses);

  it('never give an answer that is not true any more', async () => {
    const outcome = await runSide(PAIR, 'ours', SETTINGS, () => undefined);
    const { tally, faults } = outcome;
    expect(tally.evidence.concat(tally.surprises)).to.deep.equal([]);
    expect(notAsPromised([outcome], SETTINGS.sample)).to.deep.equal([]);
    expect(faults.get('instance hung')).to.be.greaterThan(0);
    expect(tally.answers).to.be.greaterThan(ENOUGH_ANSWERS);
  });

  it("do so with the tutorial's caching, which shows that it would be seen, by the online check too", async () => {
    const outcome = await runSide(PAIR, 'naive', SETTINGS, () => undefined);
    const { tally } = outcome;
    expect(tally.stale).to.be.greaterThan(0);
    expect(tally.disagreements).to.be.greaterThan(0);
    expect(notAsPromised([outcome], SETTINGS.sample)).to.deep.equal([]);
    expect(tally.lostWrites).to.equal(0);
    expect(tally.answers).to.be.greaterThan(ENOUGH_ANSWERS);
  });
});
