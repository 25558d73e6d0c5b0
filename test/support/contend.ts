import { parseUsername } from '../../src/domain/names.ts';
import { userKey } from '../../src/domain/records.ts';
import { Conflict } from '../../src/ports/errors.ts';
import { aChange, anEvent, aUser, create, text, update, userStream } from './accounts.ts';
import type { BoundStore } from './bound-store.ts';
import { deadline } from './deadline.ts';

const COMMIT_TIMEOUT_MS = 10_000;

export interface Contention {
  readonly username: string;
  readonly stream: string;
  readonly rounds: number;
}

export interface ContentionResult {
  readonly won: number;
  readonly lost: number;
}

/** Tries to update one record once per round, with an event each time, while other processes do the same. */
export async function contend(
  store: BoundStore,
  { username, stream, rounds }: Contention,
): Promise<ContentionResult> {
  const key = userKey(parseUsername(username));
  const user = aUser({ username: key.username });
  let won = 0;
  let lost = 0;
  for (let round = 0; round < rounds; round += 1) {
    const [{ record, version }] = await store.readMany([key], deadline(COMMIT_TIMEOUT_MS));
    const write =
      record === undefined
        ? create(key, user, version)
        : update(key, version, { ...record, firstName: text(`Version ${version + 1}`) });
    const change = aChange([write], { events: [anEvent([userStream(stream)])] });
    try {
      await store.commit(change, deadline(COMMIT_TIMEOUT_MS));
      won += 1;
    } catch (error) {
      if (!(error instanceof Conflict)) throw error;
      lost += 1;
    }
  }
  return { won, lost };
}
