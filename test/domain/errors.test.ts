import { expect } from 'chai';
import {
  type AnyDomainError,
  EmailTaken,
  Forbidden,
  LastOwner,
  MembershipAlreadyExists,
  MembershipNotFound,
  MembershipSuspended,
  OrganizationAlreadyExists,
  OrganizationNotFound,
  OrganizationSuspended,
  TooManyOrganizations,
  TooManyOwners,
  Unauthenticated,
  UserAlreadyExists,
  UserNotFound,
  UserSuspended,
  VersionMismatch,
} from '../../src/domain/errors.ts';
import { InvalidValue } from '../../src/domain/invalid-value.ts';
import { ACME, TOM } from './builders.ts';

/** Each with its name, its code, and parts of its message. */
const ERRORS: readonly (readonly [AnyDomainError, string, string, readonly string[]])[] = [
  [new InvalidValue('x', 'a y'), 'InvalidValue', 'invalid_request', ['"x" is not a y']],
  [new Unauthenticated('who?'), 'Unauthenticated', 'unauthenticated', ['who?']],
  [new Forbidden('no'), 'Forbidden', 'forbidden', ['no']],
  [new UserSuspended(TOM), 'UserSuspended', 'user_suspended', ['"tom"']],
  [new OrganizationSuspended(ACME), 'OrganizationSuspended', 'organization_suspended', ['"acme"']],
  [new UserNotFound(TOM), 'UserNotFound', 'user_not_found', ['"tom"']],
  [new OrganizationNotFound(ACME), 'OrganizationNotFound', 'organization_not_found', ['"acme"']],
  [new MembershipNotFound(ACME, TOM), 'MembershipNotFound', 'membership_not_found', ['"acme"', '"tom"']],
  [new MembershipSuspended(ACME, TOM), 'MembershipSuspended', 'membership_suspended', ['"acme"', '"tom"']],
  [new UserAlreadyExists(TOM), 'UserAlreadyExists', 'user_already_exists', ['"tom"']],
  [
    new OrganizationAlreadyExists(ACME),
    'OrganizationAlreadyExists',
    'organization_already_exists',
    ['"acme"'],
  ],
  [
    new MembershipAlreadyExists(ACME, TOM),
    'MembershipAlreadyExists',
    'membership_already_exists',
    ['"acme"', '"tom"'],
  ],
  [new EmailTaken(), 'EmailTaken', 'email_taken', ['e-mail']],
  [new LastOwner(ACME, TOM), 'LastOwner', 'last_owner', ['"acme"', '"tom"', 'Owner']],
  [new TooManyOwners(ACME, 100), 'TooManyOwners', 'too_many_owners', ['"acme"', '100']],
  [new TooManyOrganizations(TOM, 25), 'TooManyOrganizations', 'too_many_organizations', ['"tom"', '25']],
  [new VersionMismatch(3, 4), 'VersionMismatch', 'version_mismatch', ['at version 4', 'version 3']],
];

describe('domain error', () => {
  for (const [error, name, code, mentions] of ERRORS) {
    it(`${name} has the code ${code} and names its subject`, () => {
      expect(error).to.be.instanceOf(Error);
      expect(error.code).to.equal(code);
      expect(error.name).to.equal(name);
      for (const mention of mentions) expect(error.message).to.contain(mention);
    });
  }

  it('UserNotFound names no user if none was requested by name', () => {
    expect(new UserNotFound().message).to.equal('This user does not exist.');
  });

  it('MembershipAlreadyExists distinguishes members and Owners', () => {
    expect(new MembershipAlreadyExists(ACME, TOM).message).to.contain('is already a member of');
    expect(new MembershipAlreadyExists(ACME, TOM, 'an Owner').message).to.contain('is already an Owner of');
  });

  it('OrganizationNotFound does not disclose whether the organization exists', () => {
    expect(new OrganizationNotFound(ACME).message).to.equal(
      'The organization "acme" does not exist, or you are not a member of it.',
    );
  });
});
