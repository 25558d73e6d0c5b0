import { readConfig } from '../../../src/app/composition/config/read-config.ts';
import { createContainer } from '../../../src/app/composition/container.ts';
import { TOKENS } from '../../../src/app/composition/tokens.ts';
import type { Caller } from '../../../src/domain/caller.ts';
import { evaluateCheck } from '../../../src/domain/checks.ts';
import { saidBy } from '../workload/reader.ts';
import { recordKeysOf } from '../workload/record-keys.ts';
import { stateOf } from '../workload/situation.ts';
import type { WatchedMembership } from '../workload/watched-membership.ts';

const DEADLINE_MS = 10_000;
const SERVICE: Caller = { type: 'service', name: 'torture', scopes: ['read'] };

/**
 * Of which memberships the store itself, past the service and its cache, says something else than the last write that was
 * acknowledged. No instance may be running.
 */
export async function findLost(
  settings: Readonly<Record<string, string>>,
  memberships: readonly WatchedMembership[],
): Promise<readonly string[]> {
  const container = await createContainer(readConfig(settings));
  try {
    const store = await container.getAsync(TOKENS.store);
    const lost: string[] = [];
    for (const { names, now } of memberships) {
      const deadline = performance.now() + DEADLINE_MS;
      const [user, organization, membership] = await store.readMany(recordKeysOf(names), deadline);
      const loaded = { caller: undefined, callerMembership: undefined, user, organization, membership };
      const stored = saidBy(evaluateCheck(loaded, {}, SERVICE)).answers[0] ?? '';
      const { answers } = stateOf(now);
      if (!answers.includes(stored))
        lost.push(`${names.user}: the store says "${stored}", not "${answers[0]}"`);
    }
    return lost;
  } finally {
    await container.unbindAllAsync();
  }
}
