import { expect } from 'chai';
import { Statistics } from './checker/statistics.ts';
import type { Variant } from './cluster/test-cluster.ts';
import { resultsTable } from './results-table.ts';
import type { VariantResult } from './run-variant.ts';
import { phaseAt } from './variant-progress.ts';
import { findViolations, verdict } from './verdict.ts';

type Counts = Partial<
  Pick<
    Statistics,
    | 'reads'
    | 'staleReads'
    | 'impossibleReads'
    | 'staleAtEnd'
    | 'lostWrites'
    | 'overPermissiveReads'
    | 'samplerMismatches'
  >
>;

const result = (variant: Variant, counts: Counts): VariantResult => ({
  pair: { store: 'sqlite', cache: 'redis' },
  variant,
  statistics: Object.assign(new Statistics(), { reads: 1000 }, counts),
  faults: new Map(),
  loadStartedAt: 0,
});

const DETECTED = result('cache-aside', { staleReads: 3, samplerMismatches: 2 });
const SAMPLE = 0.1;

describe('the result of a torture run', () => {
  it('has no violations if Rollcall was never wrong and cache-aside was detected', () => {
    expect(findViolations([result('rollcall', {}), DETECTED], SAMPLE)).to.deep.equal([]);
  });

  const violations: readonly (readonly [Counts, string])[] = [
    [{ staleReads: 1 }, '1 stale reads'],
    [{ overPermissiveReads: 1 }, '1 over-permissive reads'],
    [{ impossibleReads: 1 }, '1 impossible reads'],
    [{ staleAtEnd: 1 }, '1 stale at the end'],
    [{ lostWrites: 1 }, '1 lost writes'],
    [{ samplerMismatches: 1 }, '1 sampler mismatches'],
    [{ reads: 0 }, 'no reads were answered'],
  ];
  for (const [counts, description] of violations) {
    it(`has a violation if Rollcall has ${JSON.stringify(counts)}`, () => {
      const expected = [`sqlite × redis, rollcall: ${description}`];
      expect(findViolations([result('rollcall', counts), DETECTED], SAMPLE)).to.deep.equal(expected);
    });
  }

  it('has a violation if Rollcall sent a response that should never occur', () => {
    const rollcall = result('rollcall', {});
    rollcall.statistics.recordUnexpected('GET /checks: 500 internal_error');
    expect(findViolations([rollcall, DETECTED], SAMPLE)).to.deep.equal([
      'sqlite × redis, rollcall: unexpected responses',
    ]);
  });

  it('has a violation if no stale read was detected with cache-aside', () => {
    const undetected = result('cache-aside', { samplerMismatches: 1 });
    expect(findViolations([result('rollcall', {}), undetected], SAMPLE)[0]).to.contain('no stale reads');
  });

  it('has a violation if the consistency sampler detected nothing with cache-aside, unless it is off', () => {
    const undetected = result('cache-aside', { staleReads: 3 });
    expect(findViolations([result('rollcall', {}), undetected], SAMPLE)[0]).to.contain('consistency sampler');
    expect(findViolations([result('rollcall', {}), undetected], 0)).to.deep.equal([]);
  });

  it('ends with a verdict and its reasons', () => {
    expect(verdict([], SAMPLE)).to.match(/^PASSED: /);
    expect(verdict([], 0)).to.match(/^PASSED: .*was not tested/);
    expect(verdict(['rollcall: 1 stale reads', 'cache-aside: nothing'], SAMPLE)).to.equal(
      'FAILED: rollcall: 1 stale reads; cache-aside: nothing.',
    );
  });

  it('shows the remaining time while it is running', () => {
    expect(phaseAt(undefined, 60)).to.contain('starting');
    expect(phaseAt(0, 60)).to.equal('60 s of load left');
    expect(phaseAt(57, 60)).to.equal('3 s of load left');
    expect(phaseAt(60, 60)).to.contain('final reads');
  });

  it('is formatted as a table, with violations also per million reads', () => {
    const [head, , rollcall, cacheAside] = resultsTable([result('rollcall', {}), DETECTED]).split('\n');
    expect(head).to.match(/^\| store × cache \| caching \| reads \| stale reads \(per million\)/);
    expect(rollcall).to.match(/^\| sqlite × redis \| rollcall \| 1,000 \| 0 \|/);
    expect(cacheAside).to.match(/^\| sqlite × redis \| cache-aside \| 1,000 \| 3 \(3,000\) \|/);
    const [, , withViolations] = resultsTable([result('rollcall', { staleAtEnd: 1, lostWrites: 2 })]).split(
      '\n',
    );
    expect(withViolations).to.contain('| 1 (1,000) | 2 (2,000) | 0 |');
  });
});
