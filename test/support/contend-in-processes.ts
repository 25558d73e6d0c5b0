import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { SystemClock } from '../../src/adapters/system/system-clock.ts';
import { parseUsername } from '../../src/domain/names.ts';
import { userKey } from '../../src/domain/records.ts';
import type { UserStore } from '../../src/ports/user-store.ts';
import { unique, userStream } from './accounts.ts';
import type { Contention, ContentionResult } from './contend.ts';

const DEADLINE_MS = 60_000;

/**
 * Lets three processes race on one record of a store: no version may be won twice or lost, and the events that go with
 * them are numbered without holes.
 * @param worker the file of a process that opens the store, runs `race` with the `Contention` in its first argument and prints
 *   the result as JSON
 * @param args further arguments for it
 */
export async function contendInProcesses(
  store: UserStore,
  worker: URL,
  args: readonly string[],
): Promise<void> {
  const contest: Contention = { username: unique('racer'), stream: unique('user_'), rounds: 40 };
  const run = promisify(execFile);
  const command = ['--import=tsx', fileURLToPath(worker), JSON.stringify(contest), ...args];
  const finished = await Promise.all(
    [1, 2, 3].map(() => run(process.execPath, command, { timeout: DEADLINE_MS })),
  );
  const results = finished.map(({ stdout }) => JSON.parse(stdout) as ContentionResult);
  const won = results.reduce((sum, result) => sum + result.won, 0);
  expect(won, 'rounds that anybody won').to.be.at.least(contest.rounds);

  const soon = new SystemClock().monotonic() + DEADLINE_MS;
  const [loaded] = await store.readMany([userKey(parseUsername(contest.username))], soon);
  expect(loaded.version, 'the version that was reached').to.equal(won);
  const numbers: number[] = [];
  for (;;) {
    const events = await store.listEvents(userStream(contest.stream), numbers.length, 100, soon);
    if (events.length === 0) break;
    numbers.push(...events.map(({ seq }) => seq));
  }
  expect(numbers).to.deep.equal(Array.from({ length: won }, (_, i) => i + 1));
}
