import { DomainError } from './domain-error.ts';
import type { InvalidValue } from './invalid-value.ts';
import type { Slug, Username } from './names.ts';

export class Unauthenticated extends DomainError {
  readonly code = 'unauthenticated';
}

export class Forbidden extends DomainError {
  readonly code = 'forbidden';
}

export class UserSuspended extends DomainError {
  readonly code = 'user_suspended';
  constructor(username: Username) {
    super(`The user "${username}" is suspended.`);
  }
}

export class OrganizationSuspended extends DomainError {
  readonly code = 'organization_suspended';
  constructor(organization: Slug) {
    super(`The organization "${organization}" is suspended; nothing in it can be changed.`);
  }
}

export class UserNotFound extends DomainError {
  readonly code = 'user_not_found';
  /** @param username none where the user was not asked for by name */
  constructor(username?: Username) {
    super(username === undefined ? 'There is no such user.' : `There is no user "${username}".`);
  }
}

export class OrganizationNotFound extends DomainError {
  readonly code = 'organization_not_found';
  constructor(organization: Slug) {
    super(`There is no organization "${organization}", or it is not yours to see.`);
  }
}

export class MembershipNotFound extends DomainError {
  readonly code = 'membership_not_found';
  constructor(organization: Slug, username: Username) {
    super(`"${username}" is not a member of the organization "${organization}".`);
  }
}

export class MembershipSuspended extends DomainError {
  readonly code = 'membership_suspended';
  constructor(organization: Slug, username: Username) {
    super(`The membership of "${username}" in "${organization}" is not in force: one of them is suspended.`);
  }
}

export class UserAlreadyExists extends DomainError {
  readonly code = 'user_already_exists';
  constructor(username: Username) {
    super(`The username "${username}" is taken.`);
  }
}

export class OrganizationAlreadyExists extends DomainError {
  readonly code = 'organization_already_exists';
  constructor(organization: Slug) {
    super(`The organization name "${organization}" is taken.`);
  }
}

export class MembershipAlreadyExists extends DomainError {
  readonly code = 'membership_already_exists';
  /** @param as what they are already */
  constructor(organization: Slug, username: Username, as: 'a member' | 'an Owner' = 'a member') {
    super(`"${username}" is ${as} of the organization "${organization}" already.`);
  }
}

export class EmailTaken extends DomainError {
  readonly code = 'email_taken';
  constructor() {
    super('Another user has this e-mail address.');
  }
}

export class LastOwner extends DomainError {
  readonly code = 'last_owner';
  constructor(organization: Slug, username: Username) {
    super(
      `"${username}" is the only Owner of the organization "${organization}". Make somebody else an Owner first.`,
    );
  }
}

export class TooManyOwners extends DomainError {
  readonly code = 'too_many_owners';
  constructor(organization: Slug, allowed: number) {
    super(`The organization "${organization}" has ${allowed} Owners; there can be no more.`);
  }
}

export class TooManyOrganizations extends DomainError {
  readonly code = 'too_many_organizations';
  constructor(username: Username, allowed: number) {
    super(`"${username}" owns ${allowed} organizations; there can be no more.`);
  }
}

export class VersionMismatch extends DomainError {
  readonly code = 'version_mismatch';
  constructor(expected: number, actual: number) {
    super(`The record is at version ${actual}, not at the version ${expected} that was asked for.`);
  }
}

export class IdempotencyKeyReused extends DomainError {
  readonly code = 'idempotency_key_reused';
  constructor(key: string) {
    super(`The Idempotency-Key "${key}" was used for another request; each request needs a key of its own.`);
  }
}

export type AnyDomainError =
  | InvalidValue
  | Unauthenticated
  | Forbidden
  | UserSuspended
  | OrganizationSuspended
  | UserNotFound
  | OrganizationNotFound
  | MembershipNotFound
  | MembershipSuspended
  | UserAlreadyExists
  | OrganizationAlreadyExists
  | MembershipAlreadyExists
  | EmailTaken
  | LastOwner
  | TooManyOwners
  | TooManyOrganizations
  | VersionMismatch
  | IdempotencyKeyReused;
