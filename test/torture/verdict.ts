import type { Tally } from './checker/tally.ts';
import { pairName } from './rig/rig.ts';
import type { Outcome } from './run-side.ts';

/**
 * What was not as promised: whatever was wrong on our side, and whatever went unseen on the other, for a checker that never
 * sees anything proves nothing.
 * @param sample `FRESHNESS_SAMPLE`; with 0 there was no online check, and nothing is asked of it
 */
export function notAsPromised(outcomes: readonly Outcome[], sample: number): readonly string[] {
  return outcomes.flatMap(({ pair, caching, tally }) => {
    const wrong = caching === 'ours' ? wrongOfOurs(tally) : unseenOfNaive(tally, sample);
    return wrong.map((one) => `${pairName(pair)}, ${caching}: ${one}`);
  });
}

/** The last line of a run. */
export function verdict(wrong: readonly string[], sample: number): string {
  const unjudged = sample === 0 ? ' The online check was off (--sample 0) and could not be judged.' : '';
  return wrong.length === 0
    ? `As promised: ours was never wrong, and naive was caught on every pair.${unjudged}`
    : `NOT as promised: ${wrong.join('; ')}.${unjudged}`;
}

function wrongOfOurs(tally: Tally): string[] {
  const counts: readonly (readonly [number, string])[] = [
    [tally.stale, 'stale'],
    [tally.grantsTooMuch, 'granting too much'],
    [tally.never, 'true at no moment'],
    [tally.stuck, 'stuck in the end'],
    [tally.lostWrites, 'lost writes'],
    [tally.disagreements, 'seen by the online check'],
  ];
  const wrong = counts.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`);
  return [
    ...(tally.answers === 0 ? ['no answers'] : []),
    ...wrong,
    ...(tally.surprises.length > 0 ? ['answers that nobody should get'] : []),
  ];
}

function unseenOfNaive({ stale, disagreements }: Tally, sample: number): string[] {
  return [
    ...(stale === 0 ? ['showed nothing stale in so short a run, which proves nothing'] : []),
    ...(sample > 0 && disagreements === 0
      ? [`did not move the online check (--sample ${sample}), which proves nothing of it`]
      : []),
  ];
}
