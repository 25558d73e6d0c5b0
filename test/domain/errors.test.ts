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

/** Name, code, and what the message must mention. */
const REFUSALS: readonly (readonly [AnyDomainError, string, string, readonly string[]])[] = [
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

describe('a refusal', () => {
  for (const [error, name, code, mentions] of REFUSALS) {
    it(`${name} has the stable code ${code}, its own name, and says what it is about`, () => {
      expect(error).to.be.instanceOf(Error);
      expect(error.code).to.equal(code);
      expect(error.name).to.equal(name);
      for (const mention of mentions) expect(error.message).to.contain(mention);
    });
  }

  it('of a user who was not asked for by name names none', () => {
    expect(new UserNotFound().message).to.equal('This user does not exist.');
  });

  it('of a member who is to be Owner says what they are already', () => {
    expect(new MembershipAlreadyExists(ACME, TOM).message).to.contain('is already a member of');
    expect(new MembershipAlreadyExists(ACME, TOM, 'an Owner').message).to.contain('is already an Owner of');
  });

  it('tells an outsider no difference between an organization that is not there and one that is not theirs', () => {
    expect(new OrganizationNotFound(ACME).message).to.equal(
      'The organization "acme" does not exist, or you are not a member of it.',
    );
  });
});
