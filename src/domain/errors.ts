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
    super(`The organization "${organization}" is suspended; its data cannot be changed until it is resumed.`);
  }
}

export class UserNotFound extends DomainError {
  readonly code = 'user_not_found';
  /** @param username `undefined` = the user was not identified by name */
  constructor(username?: Username) {
    super(username === undefined ? 'This user does not exist.' : `The user "${username}" does not exist.`);
  }
}

export class OrganizationNotFound extends DomainError {
  readonly code = 'organization_not_found';
  constructor(organization: Slug) {
    super(`The organization "${organization}" does not exist, or you are not a member of it.`);
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
    super(
      `The membership of "${username}" in "${organization}" is not in force: the user or the organization is suspended.`,
    );
  }
}

export class UserAlreadyExists extends DomainError {
  readonly code = 'user_already_exists';
  constructor(username: Username) {
    super(`The username "${username}" is already taken.`);
  }
}

export class OrganizationAlreadyExists extends DomainError {
  readonly code = 'organization_already_exists';
  constructor(organization: Slug) {
    super(`The organization name "${organization}" is already taken.`);
  }
}

export class MembershipAlreadyExists extends DomainError {
  readonly code = 'membership_already_exists';
  /** @param as their current role */
  constructor(organization: Slug, username: Username, as: 'a member' | 'an Owner' = 'a member') {
    super(`"${username}" is already ${as} of the organization "${organization}".`);
  }
}

export class EmailTaken extends DomainError {
  readonly code = 'email_taken';
  constructor() {
    super('This e-mail address belongs to another user.');
  }
}

export class LastOwner extends DomainError {
  readonly code = 'last_owner';
  constructor(organization: Slug, username: Username) {
    super(
      `"${username}" is the only Owner of the organization "${organization}". Make another member Owner first.`,
    );
  }
}

export class TooManyOwners extends DomainError {
  readonly code = 'too_many_owners';
  constructor(organization: Slug, allowed: number) {
    super(`The organization "${organization}" already has ${allowed} Owners, which is the maximum.`);
  }
}

export class TooManyOrganizations extends DomainError {
  readonly code = 'too_many_organizations';
  constructor(username: Username, allowed: number) {
    super(`"${username}" already owns ${allowed} organizations, which is the maximum.`);
  }
}

export class VersionMismatch extends DomainError {
  readonly code = 'version_mismatch';
  constructor(expected: number, actual: number) {
    super(`The record is at version ${actual}; the request requires version ${expected}.`);
  }
}

export class IdempotencyKeyReused extends DomainError {
  readonly code = 'idempotency_key_reused';
  constructor(key: string) {
    super(
      `The Idempotency-Key "${key}" was already used for a different request; use a new key for each request.`,
    );
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
