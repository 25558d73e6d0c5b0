import type { Statistics } from './checker/statistics.ts';
import { pairName } from './cluster/test-cluster.ts';
import type { VariantResult } from './run-variant.ts';

/**
 * Every violation of the guarantees by Rollcall, and every check that detected nothing with cache-aside: a check that never
 * detects anything proves nothing.
 * @param sample `FRESHNESS_SAMPLE`; with 0 the consistency sampler is off and not required to detect anything
 */
export function findViolations(results: readonly VariantResult[], sample: number): readonly string[] {
  return results.flatMap(({ pair, variant, statistics }) => {
    const violations =
      variant === 'rollcall' ? violationsOfRollcall(statistics) : undetectedInCacheAside(statistics, sample);
    return violations.map((violation) => `${pairName(pair)}, ${variant}: ${violation}`);
  });
}

/** The last line of a run. */
export function verdict(violations: readonly string[], sample: number): string {
  const remark = sample === 0 ? ' The consistency sampler was off (--sample 0) and was not tested.' : '';
  return violations.length === 0
    ? `PASSED: no violations with Rollcall; violations detected with cache-aside on every pair.${remark}`
    : `FAILED: ${violations.join('; ')}.${remark}`;
}

function violationsOfRollcall(statistics: Statistics): string[] {
  const counts: readonly (readonly [number, string])[] = [
    [statistics.staleReads, 'stale reads'],
    [statistics.overPermissiveReads, 'over-permissive reads'],
    [statistics.impossibleReads, 'impossible reads'],
    [statistics.staleAtEnd, 'stale at the end'],
    [statistics.lostWrites, 'lost writes'],
    [statistics.samplerMismatches, 'sampler mismatches'],
  ];
  const violations = counts.filter(([count]) => count > 0).map(([count, name]) => `${count} ${name}`);
  return [
    ...(statistics.reads === 0 ? ['no reads were answered'] : []),
    ...violations,
    ...(statistics.unexpectedResponses.length > 0 ? ['unexpected responses'] : []),
  ];
}

function undetectedInCacheAside({ staleReads, samplerMismatches }: Statistics, sample: number): string[] {
  return [
    ...(staleReads === 0 ? ['no stale reads were detected; run longer'] : []),
    ...(sample > 0 && samplerMismatches === 0
      ? [`the consistency sampler (--sample ${sample}) detected nothing; run longer`]
      : []),
  ];
}
