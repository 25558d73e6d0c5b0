import type { Clock } from '../../../src/ports/clock.ts';
import { Statistics } from '../checker/statistics.ts';
import type { Verdict } from '../checker/timeline.ts';
import type { Instance } from '../cluster/instance.ts';
import type { TestCluster } from '../cluster/test-cluster.ts';
import { SeededRandom } from '../seeded-random.ts';
import { Reader } from './reader.ts';
import type { TrackedMembership } from './tracked-membership.ts';

const MAX_ATTEMPTS = 50;
const RETRY_DELAY_MS = 100;

/** Reads every membership from every instance after writes and faults have ended. @returns those with an invalid read */
export async function findStale(
  cluster: TestCluster,
  memberships: readonly TrackedMembership[],
  clock: Clock,
): Promise<{ readonly stale: readonly TrackedMembership[]; readonly evidence: readonly string[] }> {
  const statistics = new Statistics();
  const stale = new Set<TrackedMembership>();
  for (const instance of cluster.instances) {
    const reader = new Reader({
      send: (_random, request) => cluster.sendTo(instance, request),
      random: new SeededRandom(''),
      statistics,
    });
    await Promise.all(
      memberships.map(async (membership) => {
        const verdicts = [
          ...(await retryUntilAnswered(() => reader.getEach([membership]), clock, instance)),
          ...(await retryUntilAnswered(() => reader.checkTogether([membership]), clock, instance)),
        ];
        if (verdicts.some(({ kind }) => kind !== 'valid')) stale.add(membership);
      }),
    );
  }
  return { stale: [...stale], evidence: statistics.evidence };
}

async function retryUntilAnswered(
  read: () => Promise<readonly Verdict[] | undefined>,
  clock: Clock,
  { url }: Instance,
): Promise<readonly Verdict[]> {
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt += 1) {
    const verdicts = await read();
    if (verdicts !== undefined) return verdicts;
    await clock.sleep(RETRY_DELAY_MS);
  }
  throw new Error(`${url} does not answer reads although all faults have ended (${MAX_ATTEMPTS} attempts).`);
}
