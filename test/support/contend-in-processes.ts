import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { parseUsername } from '../../src/domain/names.ts';
import { userKey } from '../../src/domain/records.ts';
import { unique, userStream } from './accounts.ts';
import type { BoundStore } from './bound-store.ts';
import type { Contention, ContentionResult } from './contend.ts';
import { deadline } from './deadline.ts';

const TIMEOUT_MS = 60_000;

/**
 * Runs three processes that update the same record of a store. Expects every version to be written exactly once, and the
 * events to be numbered without gaps.
 * @param script opens the store, calls `contend` with the `Contention` in its first argument, and prints the result as
 *   JSON
 * @param args further arguments of the script
 */
export async function contendInProcesses(
  store: BoundStore,
  script: URL,
  args: readonly string[],
): Promise<void> {
  const contention: Contention = { username: unique('contended'), stream: unique('user_'), rounds: 40 };
  const run = promisify(execFile);
  const command = ['--import=tsx', fileURLToPath(script), JSON.stringify(contention), ...args];
  const finished = await Promise.all(
    [1, 2, 3].map(() => run(process.execPath, command, { timeout: TIMEOUT_MS })),
  );
  const results = finished.map(({ stdout }) => JSON.parse(stdout) as ContentionResult);
  const won = results.reduce((sum, result) => sum + result.won, 0);
  expect(won, 'number of successful commits').to.be.at.least(contention.rounds);

  const key = userKey(parseUsername(contention.username));
  const [loaded] = await store.readMany([key], deadline(TIMEOUT_MS));
  expect(loaded.version, 'the final version').to.equal(won);
  const numbers: number[] = [];
  for (;;) {
    const stream = userStream(contention.stream);
    const events = await store.listEvents(stream, numbers.length, 100, deadline(TIMEOUT_MS));
    if (events.length === 0) break;
    numbers.push(...events.map(({ seq }) => seq));
  }
  expect(numbers).to.deep.equal(Array.from({ length: won }, (_, i) => i + 1));
}
