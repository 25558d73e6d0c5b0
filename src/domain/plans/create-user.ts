import { actingUser, isDirectService } from '../access/acting-user.ts';
import { changeOf, type Plan, put, versionAfter, written } from '../change.ts';
import { EmailTaken, UserAlreadyExists } from '../errors.ts';
import type { UserId } from '../ids.ts';
import type { DisplayText, EmailAddress, Username } from '../names.ts';
import type { KeyOf, Loaded, Versioned } from '../records.ts';
import type { User } from '../user.ts';
import type { ChangeContext } from './change-context.ts';
import { userEvent } from './events.ts';

export interface NewUser {
  readonly username: Username;
  readonly firstName: DisplayText;
  readonly lastName: DisplayText;
  readonly email?: EmailAddress | undefined;
}

/**
 * Creates a user. Allowed for a service with the scope `admin`, for any user and for an anonymous caller. Where anonymous
 * callers must not create users, the HTTP layer rejects them beforehand.
 * @throws {UserAlreadyExists | EmailTaken} and, for a caller with credentials, the errors of `actingUser`
 */
export function planCreateUser(
  loaded: {
    readonly caller: Loaded<KeyOf<'user'>> | undefined;
    readonly user: Loaded<KeyOf<'user'>>;
    /** The claim on the new user's e-mail address; `undefined` = the user has none. */
    readonly claim: Loaded<KeyOf<'email'>> | undefined;
  },
  newUser: NewUser,
  id: UserId,
  context: ChangeContext,
): Plan<Versioned<User>> {
  const { caller, at } = context;
  if (caller.type !== 'anonymous' && !isDirectService(caller, 'admin')) {
    actingUser(caller, loaded.caller, 'write');
  }
  const { username, firstName, lastName, email } = newUser;
  if (loaded.user.record !== undefined) throw new UserAlreadyExists(username);
  if (loaded.claim?.record !== undefined) throw new EmailTaken();

  const user = put(loaded.user, {
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
  const claims = loaded.claim === undefined ? [] : [put(loaded.claim, { username, userId: id })];
  const changes = { firstName: {}, lastName: {}, ...(email === undefined ? {} : { email: {} }) };
  const version = versionAfter(user);
  return {
    result: written(user),
    change: changeOf({
      at,
      writes: [user, ...claims],
      preconditions: [loaded.caller],
      events: [userEvent(user.record, { type: 'user.created', version, changes }, context)],
    }),
  };
}
