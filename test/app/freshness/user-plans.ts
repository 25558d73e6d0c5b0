import { changeOf, type Plan, put, remove } from '../../../src/domain/change.ts';
import { type KeyOf, type Loaded, userKey } from '../../../src/domain/records.ts';
import type { User } from '../../../src/domain/user.ts';
import { aUser, text, uniqueUsername } from '../../support/accounts.ts';

export const user = aUser({ username: uniqueUsername() });
export const key = userKey(user.username);

/** Writes this record, or deletes it. The result is the new version. */
export const planOf =
  (record: User | undefined) =>
  ([loaded]: readonly [Loaded<KeyOf<'user'>>]): Plan<number> => ({
    result: loaded.version + 1,
    change: changeOf({
      at: '2026-01-01T00:00:00.000Z',
      writes: [record === undefined ? remove(loaded) : put(loaded, record)],
      preconditions: [],
      events: [],
    }),
  });

export const create = planOf(user);
export const rename = planOf({ ...user, firstName: text('Renamed') });
