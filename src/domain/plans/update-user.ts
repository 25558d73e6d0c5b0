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

/** The fields of a user to change; absent fields stay unchanged. */
export interface UserEdit {
  readonly firstName?: DisplayText | undefined;
  readonly lastName?: DisplayText | undefined;
  /** `null` removes the e-mail address. */
  readonly email?: EmailAddress | null | undefined;
}

/** The claims that an edit changes: none if the address stays, one if only its spelling changes. */
export interface EmailClaims<Email> {
  /** The claim on the new address. */
  readonly claim: Email | undefined;
  /** The claim on the previous address, if it is a different one. */
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
 * Edits a user. Allowed for the user and for a service with the scope `admin`. A new e-mail address is claimed and the
 * previous one released in the same change. Setting current values changes nothing.
 * @param loaded includes the claims of `emailClaimsOf`
 * @param ifVersion the version that the user must have; `undefined` = any
 * @throws {Forbidden | UserNotFound | VersionMismatch | EmailTaken} and the errors of `actingUser`
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
  const { email: _, ...withoutEmail } = user;
  const email = emailAfter(user, edit);
  const edited: User = {
    ...withoutEmail,
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
