import { expect } from 'chai';
import { endProcesses } from '../support/rollcall-process.ts';
import { runVariant } from './run-variant.ts';
import { findViolations } from './verdict.ts';

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
/** A run with fewer reads would not be meaningful. */
const MIN_READS = 300;

describe('three instances on sqlite × redis under load with injected faults', function () {
  this.timeout(120_000);

  after(endProcesses);

  it('return no stale read', async () => {
    const result = await runVariant(PAIR, 'rollcall', SETTINGS, () => undefined);
    const { statistics, faults } = result;
    expect(statistics.evidence.concat(statistics.unexpectedResponses)).to.deep.equal([]);
    expect(findViolations([result], SETTINGS.sample)).to.deep.equal([]);
    expect(faults.get('instance hung')).to.be.greaterThan(0);
    expect(statistics.reads).to.be.greaterThan(MIN_READS);
  });

  it('return stale reads with cache-aside, which the checker and the consistency sampler detect', async () => {
    const result = await runVariant(PAIR, 'cache-aside', SETTINGS, () => undefined);
    const { statistics } = result;
    expect(statistics.staleReads).to.be.greaterThan(0);
    expect(statistics.samplerMismatches).to.be.greaterThan(0);
    expect(findViolations([result], SETTINGS.sample)).to.deep.equal([]);
    expect(statistics.lostWrites).to.equal(0);
    expect(statistics.reads).to.be.greaterThan(MIN_READS);
  });
});
