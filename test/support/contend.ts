import { SystemClock } from '../../src/adapters/system/system-clock.ts';
import { parseUsername } from '../../src/domain/names.ts';
import { userKey } from '../../src/domain/records.ts';
import { Conflict } from '../../src/ports/errors.ts';
import type { UserStore } from '../../src/ports/user-store.ts';
import { aChange, anEvent, aUser, create, text, update, userStream } from './accounts.ts';

export interface Contention {
  readonly username: string;
  readonly stream: string;
  readonly rounds: number;
}

export interface ContentionResult {
  readonly won: number;
  readonly lost: number;
}

/**
 * Raises the version of one record as often as it can in so many rounds, against whoever else does the same, each time
 * with an event.
 */
export async function contend(
  store: UserStore,
  { username, stream, rounds }: Contention,
): Promise<ContentionResult> {
  const clock = new SystemClock();
  const soon = () => clock.monotonic() + 10_000;
  const key = userKey(parseUsername(username));
  const user = aUser({ username: key.username });
  let won = 0;
  let lost = 0;
  for (let round = 0; round < rounds; round += 1) {
    const [{ record, version }] = await store.readMany([key], soon());
    const write =
      record === undefined
        ? create(key, user, version)
        : update(key, version, { ...record, firstName: text(`Version ${version + 1}`) });
    try {
      await store.commit(aChange([write], { events: [anEvent([userStream(stream)])] }), soon());
      won += 1;
    } catch (error) {
      if (!(error instanceof Conflict)) throw error;
      lost += 1;
    }
  }
  return { won, lost };
}
