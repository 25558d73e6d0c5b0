import { expect } from 'chai';
import { Tally } from './checker/tally.ts';
import { resultsTable } from './results-table.ts';
import type { Caching } from './rig/rig.ts';
import type { Outcome } from './run-side.ts';
import { isAsPromised } from './torture.ts';

type Counts = Partial<Pick<Tally, 'answers' | 'stale' | 'never' | 'stuck' | 'lostWrites' | 'grantsTooMuch'>>;

const outcome = (caching: Caching, counts: Counts): Outcome => ({
  pair: { store: 'sqlite', cache: 'redis' },
  caching,
  tally: Object.assign(new Tally(), { answers: 1000 }, counts),
  faults: new Map(),
  begun: 0,
});

const CAUGHT = outcome('naive', { stale: 3 });

describe('a torture run', () => {
  it('is as promised where ours was never wrong and the other was caught', () => {
    expect(isAsPromised([outcome('ours', {}), CAUGHT])).to.equal(true);
  });

  const wrongs: readonly Counts[] = [
    { stale: 1 },
    { never: 1 },
    { stuck: 1 },
    { lostWrites: 1 },
    { answers: 0 },
  ];
  for (const wrong of wrongs) {
    it(`is not with ${JSON.stringify(wrong)} of ours`, () => {
      expect(isAsPromised([outcome('ours', wrong), CAUGHT])).to.equal(false);
    });
  }

  it('is not where ours gave an answer that nobody should get', () => {
    const ours = outcome('ours', {});
    ours.tally.surprise('GET /checks: 500 internal_error');
    expect(isAsPromised([ours, CAUGHT])).to.equal(false);
  });

  it('proves nothing where the other was not caught', () => {
    expect(isAsPromised([outcome('ours', {}), outcome('naive', {})])).to.equal(false);
  });

  it('is told as a table, with what was wrong also per million answers', () => {
    const [head, , ours, naive] = resultsTable([outcome('ours', {}), CAUGHT]).split('\n');
    expect(head).to.match(/^\| store × cache \| caching \| answers \| stale \(per million\)/);
    expect(ours).to.match(/^\| sqlite × redis \| ours \| 1,000 \| 0 \|/);
    expect(naive).to.match(/^\| sqlite × redis \| naive \| 1,000 \| 3 \(3,000\) \|/);
  });
});
