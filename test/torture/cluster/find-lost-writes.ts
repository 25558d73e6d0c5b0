import { readConfig } from '../../../src/app/composition/config/read-config.ts';
import { createContainer } from '../../../src/app/composition/container.ts';
import { TOKENS } from '../../../src/app/composition/tokens.ts';
import type { Caller } from '../../../src/domain/caller.ts';
import { evaluateCheck } from '../../../src/domain/checks.ts';
import { bindStore } from '../../support/bound-store.ts';
import { observableState } from '../workload/expected-state.ts';
import { observedState } from '../workload/reader.ts';
import { recordKeysOf } from '../workload/record-keys.ts';
import type { TrackedMembership } from '../workload/tracked-membership.ts';

const DEADLINE_MS = 10_000;
const SERVICE: Caller = { type: 'service', name: 'torture', scopes: ['read'] };

/**
 * Compares the store with the last acknowledged write of each membership. No instance may be running.
 * @returns a description of each difference
 */
export async function findLostWrites(
  settings: Readonly<Record<string, string>>,
  memberships: readonly TrackedMembership[],
): Promise<readonly string[]> {
  const container = await createContainer(readConfig(settings));
  try {
    const store = await bindStore(await container.getAsync(TOKENS.store));
    const lost: string[] = [];
    for (const { names, state } of memberships) {
      const deadline = performance.now() + DEADLINE_MS;
      const [user, organization, membership] = await store.readMany(recordKeysOf(names), deadline);
      const loaded = { caller: undefined, callerMembership: undefined, user, organization, membership };
      const stored = observedState(evaluateCheck(loaded, {}, SERVICE)).answers[0] ?? '';
      const { answers } = observableState(state);
      if (!answers.includes(stored)) {
        lost.push(`${names.user}: the store holds "${stored}", expected "${answers[0]}"`);
      }
    }
    return lost;
  } finally {
    await container.unbindAllAsync();
  }
}
