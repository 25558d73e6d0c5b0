import type { UserContext } from '../access/acting-user.ts';
import { userToChange } from '../access/write-access.ts';
import { changeOf, type Plan, put, remove, versionAfter, type Write, written } from '../change.ts';
import { EmailTaken } from '../errors.ts';
import { type DisplayText, type EmailAddress, normalizeEmail } from '../names.ts';
import { emailKey, type KeyOf, type Loaded, type Versioned } from '../records.ts';
import type { User } from '../user.ts';
import type { ChangeContext } from './change-context.ts';
import { userEvent } from './events.ts';
import { requireVersion } from './require-version.ts';

/** What of a user is to be another; what is left out stays. */
export interface UserEdit {
  readonly firstName?: DisplayText | undefined;
  readonly lastName?: DisplayText | undefined;
  /** `null`: the user is to have none. */
  readonly email?: EmailAddress | null | undefined;
}

/** The claims that an edit touches: none where the address stays, one where only its spelling changes. */
export interface EmailClaims<Email> {
  /** On the address that the user is to have. */
  readonly claim: Email | undefined;
  /** On the address that the user has until then, where that is another. */
  readonly released: Email | undefined;
}

export function emailClaimsOf(
  { record: user }: Loaded<KeyOf<'user'>>,
  edit: UserEdit,
): EmailClaims<KeyOf<'email'>> {
  const email = user && emailAfter(user, edit);
  if (user === undefined || email === user.email) return { claim: undefined, released: undefined };
  const claimed = email && normalizeEmail(email);
  const held = user.email && normalizeEmail(user.email);
  return {
    claim: claimed && emailKey(claimed),
    released: held === undefined || held === claimed ? undefined : emailKey(held),
  };
}

/**
 * By the user, or by a service with the scope `admin`. An e-mail address is claimed, and the one before freed, in the same
 * change. What is as it was already changes nothing.
 * @param known the claims are those of `emailClaimsOf`
 * @param ifVersion the version that the user must have, where the caller insists on one
 * @throws {Forbidden | UserNotFound | VersionMismatch | EmailTaken} besides what `actingUser` throws
 */
export function planUpdateUser(
  loaded: UserContext & EmailClaims<Loaded<KeyOf<'email'>>>,
  edit: UserEdit,
  ifVersion: number | undefined,
  context: ChangeContext,
): Plan<Versioned<User>> {
  const user = userToChange(loaded, context.caller);
  requireVersion(loaded.user, ifVersion);
  const { at } = context;
  const { email: _, ...nameless } = user;
  const email = emailAfter(user, edit);
  const edited: User = {
    ...nameless,
    firstName: edit.firstName ?? user.firstName,
    lastName: edit.lastName ?? user.lastName,
    ...(email === undefined ? {} : { email }),
    updatedAt: at,
  };
  const changed = (['firstName', 'lastName', 'email'] as const).filter(
    (field) => edited[field] !== user[field],
  );
  if (changed.length === 0) return { result: { record: user, version: loaded.user.version } };

  const update = put(loaded.user, edited);
  const changes = Object.fromEntries(changed.map((field) => [field, {}]));
  const version = versionAfter(update);
  return {
    result: written(update),
    change: changeOf({
      at,
      writes: [update, ...claimWrites(user, loaded)],
      preconditions: [loaded.claim],
      events: [userEvent(user, { type: 'user.updated', version, changes }, context)],
    }),
  };
}

function emailAfter(user: User, { email }: UserEdit): EmailAddress | undefined {
  return email === undefined ? user.email : (email ?? undefined);
}

/** @throws {EmailTaken} */
function claimWrites(
  { username, id }: User,
  { claim, released }: EmailClaims<Loaded<KeyOf<'email'>>>,
): Write[] {
  if (claim?.record !== undefined && claim.record.userId !== id) throw new EmailTaken();
  return [
    ...(claim !== undefined && claim.record === undefined ? [put(claim, { username, userId: id })] : []),
    ...(released?.record?.userId === id ? [remove(released)] : []),
  ];
}
