import { changeOf, type Plan, put, versionAfter, written } from '../change.ts';
import { EmailTaken, UserAlreadyExists } from '../errors.ts';
import type { UserId } from '../ids.ts';
import type { DisplayText, EmailAddress, Username } from '../names.ts';
import type { KeyOf, Known, Versioned } from '../records.ts';
import type { User } from '../user.ts';
import { activeCaller } from './acting.ts';
import type { Context } from './context.ts';

export interface NewUser {
  readonly username: Username;
  readonly firstName: DisplayText;
  readonly lastName: DisplayText;
  readonly email?: EmailAddress | undefined;
}

/** @throws {Unauthenticated | UserAlreadyExists | EmailTaken} */
export function planCreateUser(
  known: {
    /** None where anybody may create users and nobody in particular does. */
    readonly caller: Known<KeyOf<'user'>> | undefined;
    readonly user: Known<KeyOf<'user'>>;
    /** The claim on the new user's e-mail address, where there is one. */
    readonly email: Known<KeyOf<'email'>> | undefined;
  },
  newUser: NewUser,
  id: UserId,
  { actor, at }: Context,
): Plan<Versioned<User>> {
  const { username, firstName, lastName, email } = newUser;
  if (known.caller !== undefined) activeCaller(known.caller);
  if (known.user.record !== undefined) throw new UserAlreadyExists(username);
  if (known.email?.record !== undefined) throw new EmailTaken();

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
  const claims = known.email === undefined ? [] : [put(known.email, { username, userId: id })];
  return {
    result: written(user),
    change: changeOf({
      at,
      writes: [user, ...claims],
      relied: known.caller === undefined ? [] : [known.caller],
      events: [
        {
          streams: [{ kind: 'user', id }],
          type: 'user.created',
          actor,
          subject: { type: 'user', username, id },
          changes: { firstName: {}, lastName: {}, ...(email === undefined ? {} : { email: {} }) },
          version: versionAfter(user),
          at,
        },
      ],
    }),
  };
}
