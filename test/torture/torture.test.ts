import { expect } from 'chai';
import { Tally } from './checker/tally.ts';
import { resultsTable } from './results-table.ts';
import type { Caching } from './rig/rig.ts';
import type { Outcome } from './run-side.ts';
import { phaseAt } from './side-progress.ts';
import { notAsPromised, verdict } from './verdict.ts';

type Counts = Partial<
  Pick<Tally, 'answers' | 'stale' | 'never' | 'stuck' | 'lostWrites' | 'grantsTooMuch' | 'disagreements'>
>;

const outcome = (caching: Caching, counts: Counts): Outcome => ({
  pair: { store: 'sqlite', cache: 'redis' },
  caching,
  tally: Object.assign(new Tally(), { answers: 1000 }, counts),
  faults: new Map(),
  begun: 0,
});

const CAUGHT = outcome('naive', { stale: 3, disagreements: 2 });
const SAMPLE = 0.1;

describe('a torture run', () => {
  it('is as promised where ours was never wrong and the other was caught', () => {
    expect(notAsPromised([outcome('ours', {}), CAUGHT], SAMPLE)).to.deep.equal([]);
  });

  const wrongs: readonly (readonly [Counts, string])[] = [
    [{ stale: 1 }, '1 stale'],
    [{ grantsTooMuch: 1 }, '1 granting too much'],
    [{ never: 1 }, '1 true at no moment'],
    [{ stuck: 1 }, '1 stuck in the end'],
    [{ lostWrites: 1 }, '1 lost writes'],
    [{ disagreements: 1 }, '1 seen by the online check'],
    [{ answers: 0 }, 'no answers'],
  ];
  for (const [wrong, told] of wrongs) {
    it(`is not with ${JSON.stringify(wrong)} of ours`, () => {
      const expected = [`sqlite × redis, ours: ${told}`];
      expect(notAsPromised([outcome('ours', wrong), CAUGHT], SAMPLE)).to.deep.equal(expected);
    });
  }

  it('is not where ours gave an answer that nobody should get', () => {
    const ours = outcome('ours', {});
    ours.tally.surprise('GET /checks: 500 internal_error');
    expect(notAsPromised([ours, CAUGHT], SAMPLE)).to.deep.equal([
      'sqlite × redis, ours: answers that nobody should get',
    ]);
  });

  it('proves nothing where the other was not caught', () => {
    const unseen = outcome('naive', { disagreements: 1 });
    expect(notAsPromised([outcome('ours', {}), unseen], SAMPLE)[0]).to.contain('nothing stale');
  });

  it('proves nothing of the online check where the other did not move it', () => {
    const unmoved = outcome('naive', { stale: 3 });
    expect(notAsPromised([outcome('ours', {}), unmoved], SAMPLE)[0]).to.contain('online check');
    expect(notAsPromised([outcome('ours', {}), unmoved], 0)).to.deep.equal([]);
  });

  it('ends with a verdict and its reasons', () => {
    expect(verdict([], SAMPLE)).to.match(/^As promised: /);
    expect(verdict([], 0)).to.match(/^As promised: .*could not be judged/);
    expect(verdict(['ours: 1 stale', 'naive: nothing'], SAMPLE)).to.equal(
      'NOT as promised: ours: 1 stale; naive: nothing.',
    );
  });

  it('says how much is left, from the seconds that were set', () => {
    expect(phaseAt(undefined, 60)).to.contain('starting');
    expect(phaseAt(0, 60)).to.equal('60 s of load left');
    expect(phaseAt(57, 60)).to.equal('3 s of load left');
    expect(phaseAt(60, 60)).to.contain('last looks');
  });

  it('is told as a table, with what was wrong also per million answers', () => {
    const [head, , ours, naive] = resultsTable([outcome('ours', {}), CAUGHT]).split('\n');
    expect(head).to.match(/^\| store × cache \| caching \| answers \| stale \(per million\)/);
    expect(ours).to.match(/^\| sqlite × redis \| ours \| 1,000 \| 0 \|/);
    expect(naive).to.match(/^\| sqlite × redis \| naive \| 1,000 \| 3 \(3,000\) \|/);
    const [, , broken] = resultsTable([outcome('ours', { stuck: 1, lostWrites: 2 })]).split('\n');
    expect(broken).to.contain('| 1 (1,000) | 2 (2,000) | 0 |');
  });
});
