import { type Pair, pairName, VARIANTS } from './cluster/test-cluster.ts';
import { runVariant, type VariantResult } from './run-variant.ts';
import type { TortureSettings } from './settings.ts';
import { withVariantProgress } from './variant-progress.ts';

/** Runs both variants on each pair, one after the other. @throws with installation instructions if a server is not installed */
export async function torture(
  pairs: readonly Pair[],
  settings: TortureSettings,
  print: (line: string) => void,
): Promise<readonly VariantResult[]> {
  const results: VariantResult[] = [];
  for (const pair of pairs) {
    for (const variant of VARIANTS) {
      const title = `${results.length + 1} of ${pairs.length * VARIANTS.length}: ${pairName(pair)}, ${variant}`;
      const result = await withVariantProgress(title, settings.seconds, (progress) =>
        runVariant(pair, variant, settings, progress),
      );
      results.push(result);
      for (const line of summaryOf(result)) print(line);
    }
  }
  return results;
}

/** A readable summary. For cache-aside, where violations are expected, one example is enough. */
function summaryOf({ pair, variant, statistics, faults, loadStartedAt }: VariantResult): string[] {
  const injected = [...faults].map(([name, count]) => `${name} ${count}×`).join(', ') || 'none';
  const { firstViolationAt, evidence, unexpectedResponses } = statistics;
  const examples = variant === 'rollcall' ? evidence : evidence.slice(0, 1);
  return [
    `${pairName(pair)}, ${variant}: ${statistics.reads} reads (${statistics.failedReads} requests without an answer), ` +
      `${statistics.writes} writes (${statistics.unknownOutcomes} with an unknown outcome at first); faults: ${injected}`,
    ...(firstViolationAt === undefined
      ? []
      : [
          `  first invalid read after ${((firstViolationAt - loadStartedAt) / 1000).toFixed(1)} s; ` +
            `maximum staleness ${(statistics.maxStalenessMs / 1000).toFixed(1)} s`,
        ]),
    ...[...unexpectedResponses, ...examples].map((note) => `  ${note}`),
  ];
}
