import { pairName } from './rig/rig.ts';
import type { Outcome } from './run-side.ts';

const COLUMNS = [
  'store × cache',
  'caching',
  'answers',
  'stale (per million)',
  'granting too much (per million)',
  'true at no moment (per million)',
  'stuck in the end (per million)',
  'lost writes (per million)',
  'writes',
  'seen by the online check',
] as const;
const TEXT_COLUMNS = 2;

/** The outcomes as a table in Markdown. What was wrong is told also per million answers. */
export function resultsTable(outcomes: readonly Outcome[]): string {
  const rows = outcomes.map(({ pair, caching, tally }) => {
    const perMillion = (times: number): string => {
      if (times === 0 || tally.answers === 0) return count(times);
      return `${count(times)} (${count(Math.round((times * 1e6) / tally.answers))})`;
    };
    return [
      pairName(pair),
      caching,
      count(tally.answers),
      perMillion(tally.stale),
      perMillion(tally.grantsTooMuch),
      perMillion(tally.never),
      perMillion(tally.stuck),
      perMillion(tally.lostWrites),
      count(tally.writes),
      count(tally.disagreements),
    ];
  });
  const alignment = COLUMNS.map((_, i) => (i < TEXT_COLUMNS ? '---' : '--:'));
  return [COLUMNS, alignment, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

const count = (number: number): string => number.toLocaleString('en-US');
