import { pairName } from './cluster/test-cluster.ts';
import type { VariantResult } from './run-variant.ts';

const COLUMNS = [
  'store × cache',
  'caching',
  'reads',
  'stale reads (per million)',
  'over-permissive reads (per million)',
  'impossible reads (per million)',
  'stale at the end (per million)',
  'lost writes (per million)',
  'writes',
  'sampler mismatches',
] as const;
const TEXT_COLUMNS = 2;

/** The results as a Markdown table. Violations are also shown per million reads. */
export function resultsTable(results: readonly VariantResult[]): string {
  const rows = results.map(({ pair, variant, statistics }) => {
    const perMillion = (count: number): string => {
      if (count === 0 || statistics.reads === 0) return formatCount(count);
      return `${formatCount(count)} (${formatCount(Math.round((count * 1e6) / statistics.reads))})`;
    };
    return [
      pairName(pair),
      variant,
      formatCount(statistics.reads),
      perMillion(statistics.staleReads),
      perMillion(statistics.overPermissiveReads),
      perMillion(statistics.impossibleReads),
      perMillion(statistics.staleAtEnd),
      perMillion(statistics.lostWrites),
      formatCount(statistics.writes),
      formatCount(statistics.samplerMismatches),
    ];
  });
  const alignment = COLUMNS.map((_, i) => (i < TEXT_COLUMNS ? '---' : '--:'));
  return [COLUMNS, alignment, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

const formatCount = (count: number): string => count.toLocaleString('en-US');
