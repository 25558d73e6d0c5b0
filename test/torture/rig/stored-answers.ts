import { readConfig } from '../../../src/app/composition/config.ts';
import { createContainer } from '../../../src/app/composition/container.ts';
import { TOKENS } from '../../../src/app/composition/tokens.ts';
import type { Caller } from '../../../src/domain/caller.ts';
import { answerCheck, type CheckResult } from '../../../src/domain/checks.ts';
import type { Names } from '../workload/acts.ts';
import { recordKeysOf } from '../workload/record-keys.ts';

const DEADLINE_MS = 10_000;
const SERVICE: Caller = { type: 'service', name: 'torture', scopes: ['read'] };

/** What the store itself says of memberships, past the service and its cache. No instance may be running. */
export async function storedAnswers(
  settings: Readonly<Record<string, string>>,
  asked: readonly Names[],
): Promise<readonly CheckResult[]> {
  const container = await createContainer(readConfig(settings));
  try {
    const store = await container.getAsync(TOKENS.store);
    const answers: CheckResult[] = [];
    for (const names of asked) {
      const [user, organization, membership] = await store.readMany(
        recordKeysOf(names),
        performance.now() + DEADLINE_MS,
      );
      const known = { caller: undefined, callerMembership: undefined, user, organization, membership };
      answers.push(answerCheck(known, {}, SERVICE));
    }
    return answers;
  } finally {
    await container.unbindAllAsync();
  }
}
