import type { Clock } from '../../../src/ports/clock.ts';
import { Chance } from '../chance.ts';
import { Tally } from '../checker/tally.ts';
import type { Verdict } from '../checker/timeline.ts';
import type { Instance } from '../rig/instance.ts';
import type { Rig } from '../rig/rig.ts';
import { Reader } from './reader.ts';
import type { WatchedMembership } from './watched-membership.ts';

const ATTEMPTS = 50;
const PAUSE_MS = 100;

/** Memberships of which some instance says, now that nobody writes and nothing is broken, what is no longer so. */
export async function findStuck(
  rig: Rig,
  memberships: readonly WatchedMembership[],
  clock: Clock,
): Promise<{ readonly stuck: readonly WatchedMembership[]; readonly evidence: readonly string[] }> {
  const tally = new Tally();
  const wrong = new Set<WatchedMembership>();
  for (const instance of rig.instances) {
    const reader = new Reader({
      send: (_chance, request) => rig.sendTo(instance, request),
      chance: new Chance(''),
      tally,
    });
    await Promise.all(
      memberships.map(async (watched) => {
        const verdicts = [
          ...(await insist(() => reader.get([watched]), clock, instance)),
          ...(await insist(() => reader.check([watched]), clock, instance)),
        ];
        if (verdicts.some(({ kind }) => kind !== 'right')) wrong.add(watched);
      }),
    );
  }
  return { stuck: [...wrong], evidence: tally.evidence };
}

async function insist(
  ask: () => Promise<readonly Verdict[] | undefined>,
  clock: Clock,
  { url }: Instance,
): Promise<readonly Verdict[]> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const verdicts = await ask();
    if (verdicts !== undefined) return verdicts;
    await clock.sleep(PAUSE_MS);
  }
  throw new Error(`${url} does not answer although nothing is broken any more`);
}
