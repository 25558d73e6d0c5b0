import { expect } from 'chai';
import { parseSlug } from '../../../src/domain/names.ts';
import { MAX_OWNERS } from '../../../src/domain/organization.ts';
import {
  addOwner,
  ownedOrganizationsIfFull,
  removeOwner,
  withOwnedOrganization,
} from '../../../src/domain/plans/ownership.ts';
import { userKey } from '../../../src/domain/records.ts';
import { MAX_OWNED_ORGANIZATIONS } from '../../../src/domain/user.ts';
import { ACME, absent, NOW, OLIVIA, organizationAcme, TOM, userNamed, usernames } from '../builders.ts';
import { errorCode } from '../failures.ts';
import { ownedOrganizationsOf } from '../scenario.ts';

const BETA = parseSlug('beta');
const elsewhere = { name: BETA, id: 'org_beta' };
const here = { name: ACME, id: 'org_acme' };
const owns = (count: number) =>
  Array.from({ length: count }, (_, i) => ({ name: parseSlug(`org-${i}`), id: `org_${i}` }));

describe('addOwner', () => {
  it('adds the Owner to both records and changes only their time besides', () => {
    const user = userNamed(TOM, { ownerOf: [elsewhere] });
    const organization = organizationAcme();
    expect(addOwner({ user, organization }, [], NOW)).to.deep.equal({
      user: { ...user, ownerOf: [elsewhere, here], updatedAt: NOW },
      organization: { ...organization, owners: [OLIVIA, TOM], updatedAt: NOW },
    });
    expect(user.ownerOf, 'the loaded record is not modified').to.deep.equal([elsewhere]);
    expect(organization.owners).to.deep.equal([OLIVIA]);
  });

  it('removes an earlier organization of that name, which must have been deleted', () => {
    const user = userNamed(TOM, { ownerOf: [{ name: ACME, id: 'org_earlier' }, elsewhere] });
    expect(withOwnedOrganization(user, ACME, 'org_acme', [], NOW).ownerOf).to.deep.equal([elsewhere, here]);
  });

  it('accepts the 100th Owner, but not the 101st', () => {
    expect(MAX_OWNERS).to.equal(100);
    const with99 = organizationAcme({ owners: usernames(99) });
    const with100 = organizationAcme({ owners: usernames(100) });
    const user = userNamed(TOM);
    expect(addOwner({ user, organization: with99 }, [], NOW).organization.owners).to.have.length(100);
    expect(errorCode(() => addOwner({ user, organization: with100 }, [], NOW))).to.equal('too_many_owners');
  });

  it('accepts the 25th organization of the user, but not the 26th', () => {
    expect(MAX_OWNED_ORGANIZATIONS).to.equal(25);
    const organization = organizationAcme();
    const owner24 = userNamed(TOM, { ownerOf: owns(24) });
    const owner25 = userNamed(TOM, { ownerOf: owns(25) });
    expect(addOwner({ user: owner24, organization }, [], NOW).user.ownerOf).to.have.length(25);
    expect(
      errorCode(() => addOwner({ user: owner25, organization }, ownedOrganizationsOf(owner25), NOW)),
    ).to.equal('too_many_organizations');
    expect(
      errorCode(() => withOwnedOrganization(owner25, ACME, 'org_acme', ownedOrganizationsOf(owner25), NOW)),
    ).to.equal('too_many_organizations');
  });
});

describe('a list of 25 owned organizations', () => {
  const owner25 = userNamed(TOM, { ownerOf: owns(25) });
  const key = userKey(TOM);

  it('must be loaded before another one is added, unlike a shorter list', () => {
    const all = ownedOrganizationsIfFull({ key, version: 1, record: owner25 });
    expect(all.map(({ name }) => name)).to.deep.equal(owns(25).map(({ name }) => name));
    const record = userNamed(TOM, { ownerOf: owns(24) });
    expect(ownedOrganizationsIfFull({ key, version: 1, record })).to.deep.equal([]);
    expect(ownedOrganizationsIfFull(absent(key))).to.deep.equal([]);
  });

  it('loses the deleted organizations when another one is added', () => {
    const { ownerOf } = withOwnedOrganization(
      owner25,
      ACME,
      'org_acme',
      ownedOrganizationsOf(owner25, 3),
      NOW,
    );
    expect(ownerOf).to.deep.equal([...owns(25).slice(3), here]);
  });

  it('loses an organization whose name was reused', () => {
    const ownedOrganizations = ownedOrganizationsOf(owner25).map((loaded, i) =>
      i === 7 ? { ...loaded, record: organizationAcme({ id: 'org_later', owners: [TOM] }) } : loaded,
    );
    const { ownerOf } = withOwnedOrganization(owner25, ACME, 'org_acme', ownedOrganizations, NOW);
    expect(ownerOf).to.deep.equal([...owns(25).toSpliced(7, 1), here]);
  });

  it('keeps suspended organizations', () => {
    const ownedOrganizations = ownedOrganizationsOf(owner25).map((loaded) =>
      loaded.record === undefined
        ? loaded
        : { ...loaded, record: { ...loaded.record, status: 'suspended' as const } },
    );
    expect(
      errorCode(() => withOwnedOrganization(owner25, ACME, 'org_acme', ownedOrganizations, NOW)),
    ).to.equal('too_many_organizations');
  });

  it('causes an error that is not a domain error if it was not loaded', () => {
    expect(() => withOwnedOrganization(owner25, ACME, 'org_acme', [], NOW)).to.throw(
      'The record organization:org-0 was not loaded.',
    );
  });
});

describe('removeOwner', () => {
  it('removes the Owner from both records and changes only their time besides', () => {
    const user = userNamed(TOM, { ownerOf: [elsewhere, here] });
    const organization = organizationAcme({ owners: [TOM, OLIVIA] });
    expect(removeOwner({ user, organization }, NOW)).to.deep.equal({
      user: { ...user, ownerOf: [elsewhere], updatedAt: NOW },
      organization: { ...organization, owners: [OLIVIA], updatedAt: NOW },
    });
    expect(organization.owners, 'the loaded record is not modified').to.deep.equal([TOM, OLIVIA]);
  });

  it('rejects the last Owner', () => {
    const user = userNamed(TOM, { ownerOf: [here] });
    const organization = organizationAcme({ owners: [TOM] });
    expect(errorCode(() => removeOwner({ user, organization }, NOW))).to.equal('last_owner');
  });
});
