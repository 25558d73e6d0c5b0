import { type Pair, pairName } from './rig/rig.ts';
import { type Outcome, runSide } from './run-side.ts';
import type { TortureSettings } from './settings.ts';
import { withSideProgress } from './side-progress.ts';

const SIDES = ['ours', 'naive'] as const;

/** Both sides of each pair, one after another. @param tell prints a line @throws saying how to get a server, where it is missing */
export async function torture(
  pairs: readonly Pair[],
  settings: TortureSettings,
  tell: (line: string) => void,
): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const pair of pairs) {
    for (const caching of SIDES) {
      const title = `${outcomes.length + 1} of ${pairs.length * SIDES.length}: ${pairName(pair)}, ${caching}`;
      const outcome = await withSideProgress(title, settings.seconds, (progress) =>
        runSide(pair, caching, settings, progress),
      );
      outcomes.push(outcome);
      for (const line of storyOf(outcome)) tell(line);
    }
  }
  return outcomes;
}

/** What happened on one side, for people. The other side's mistakes are no news: one is enough. */
function storyOf({ pair, caching, tally, faults, begun }: Outcome): string[] {
  const broken = [...faults].map(([fault, times]) => `${fault} ${times}×`).join(', ') || 'nothing';
  const { firstWrongAt, evidence, surprises } = tally;
  return [
    `${pairName(pair)}, ${caching}: ${tally.answers} answers (${tally.unanswered} requests without one), ` +
      `${tally.writes} writes (${tally.unclear} unclear at first); broken: ${broken}`,
    ...(firstWrongAt === undefined
      ? []
      : [
          `  first wrong answer after ${((firstWrongAt - begun) / 1000).toFixed(1)} s; ` +
            `the latest came ${(tally.latestMs / 1000).toFixed(1)} s after the acknowledgement`,
        ]),
    ...[...surprises, ...(caching === 'ours' ? evidence : evidence.slice(0, 1))].map((one) => `  ${one}`),
  ];
}
