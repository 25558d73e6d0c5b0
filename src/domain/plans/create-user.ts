import { actingUser, isServiceItself } from '../access/acting-user.ts';
import { changeOf, type Plan, put, versionAfter, written } from '../change.ts';
import { EmailTaken, UserAlreadyExists } from '../errors.ts';
import type { UserId } from '../ids.ts';
import type { DisplayText, EmailAddress, Username } from '../names.ts';
import type { KeyOf, Known, Versioned } from '../records.ts';
import type { User } from '../user.ts';
import type { Context } from './context.ts';
import { userEvent } from './events.ts';

export interface NewUser {
  readonly username: Username;
  readonly firstName: DisplayText;
  readonly lastName: DisplayText;
  readonly email?: EmailAddress | undefined;
}

/**
 * By a service with the scope `admin`, by any user, and by nobody in particular: where users are not for everybody to
 * create, nobody comes here without credentials.
 * @throws {UserAlreadyExists | EmailTaken} besides what `actingUser` throws of a caller with credentials
 */
export function planCreateUser(
  known: {
    readonly caller: Known<KeyOf<'user'>> | undefined;
    readonly user: Known<KeyOf<'user'>>;
    /** The claim on the new user's e-mail address, where there is one. */
    readonly claim: Known<KeyOf<'email'>> | undefined;
  },
  newUser: NewUser,
  id: UserId,
  context: Context,
): Plan<Versioned<User>> {
  const { caller, at } = context;
  if (caller.type !== 'anonymous' && !isServiceItself(caller, 'admin')) {
    actingUser(caller, known.caller, 'write');
  }
  const { username, firstName, lastName, email } = newUser;
  if (known.user.record !== undefined) throw new UserAlreadyExists(username);
  if (known.claim?.record !== undefined) throw new EmailTaken();

  const user = put(known.user, {
    id,
    username,
    firstName,
    lastName,
    ...(email === undefined ? {} : { email }),
    status: 'active',
    ownerOf: [],
    createdAt: at,
    updatedAt: at,
  });
  const claims = known.claim === undefined ? [] : [put(known.claim, { username, userId: id })];
  const changes = { firstName: {}, lastName: {}, ...(email === undefined ? {} : { email: {} }) };
  const version = versionAfter(user);
  return {
    result: written(user),
    change: changeOf({
      at,
      writes: [user, ...claims],
      relied: [known.caller],
      events: [userEvent(user.record, { type: 'user.created', version, changes }, context)],
    }),
  };
}
