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
import {
  ACME,
  absent,
  listedBy,
  NOW,
  OLIVIA,
  organizationAcme,
  refusal,
  TOM,
  userNamed,
  usernames,
} from '../builders.ts';

const BETA = parseSlug('beta');
const elsewhere = { name: BETA, id: 'org_beta' };
const here = { name: ACME, id: 'org_acme' };
const owns = (count: number) =>
  Array.from({ length: count }, (_, i) => ({ name: parseSlug(`org-${i}`), id: `org_${i}` }));

describe('whoever becomes an Owner', () => {
  it('stands on both records afterwards, and nothing else of them changes but the time', () => {
    const user = userNamed(TOM, { ownerOf: [elsewhere] });
    const organization = organizationAcme();
    expect(addOwner({ user, organization }, [], NOW)).to.deep.equal({
      user: { ...user, ownerOf: [elsewhere, here], updatedAt: NOW },
      organization: { ...organization, owners: [OLIVIA, TOM], updatedAt: NOW },
    });
    expect(user.ownerOf, 'what was known is left alone').to.deep.equal([elsewhere]);
    expect(organization.owners).to.deep.equal([OLIVIA]);
  });

  it('no longer stands for an earlier organization of that name, which must be gone', () => {
    const user = userNamed(TOM, { ownerOf: [{ name: ACME, id: 'org_earlier' }, elsewhere] });
    expect(withOwnedOrganization(user, ACME, 'org_acme', [], NOW).ownerOf).to.deep.equal([elsewhere, here]);
  });

  it('may be the hundredth Owner, but not the one after', () => {
    expect(MAX_OWNERS).to.equal(100);
    const with99 = organizationAcme({ owners: usernames(99) });
    const with100 = organizationAcme({ owners: usernames(100) });
    const user = userNamed(TOM);
    expect(addOwner({ user, organization: with99 }, [], NOW).organization.owners).to.have.length(100);
    expect(refusal(() => addOwner({ user, organization: with100 }, [], NOW))).to.equal('too_many_owners');
  });

  it('may own this organization as the twenty-fifth, but not as the one after', () => {
    expect(MAX_OWNED_ORGANIZATIONS).to.equal(25);
    const organization = organizationAcme();
    const owner24 = userNamed(TOM, { ownerOf: owns(24) });
    const owner25 = userNamed(TOM, { ownerOf: owns(25) });
    expect(addOwner({ user: owner24, organization }, [], NOW).user.ownerOf).to.have.length(25);
    expect(refusal(() => addOwner({ user: owner25, organization }, listedBy(owner25), NOW))).to.equal(
      'too_many_organizations',
    );
    expect(refusal(() => withOwnedOrganization(owner25, ACME, 'org_acme', listedBy(owner25), NOW))).to.equal(
      'too_many_organizations',
    );
  });
});

describe('a list of 25 owned organizations', () => {
  const owner25 = userNamed(TOM, { ownerOf: owns(25) });
  const key = userKey(TOM);

  it('needs them all to be known before one more is owned; a shorter one needs none', () => {
    const all = ownedOrganizationsIfFull({ key, version: 1, record: owner25 });
    expect(all.map(({ name }) => name)).to.deep.equal(owns(25).map(({ name }) => name));
    const record = userNamed(TOM, { ownerOf: owns(24) });
    expect(ownedOrganizationsIfFull({ key, version: 1, record })).to.deep.equal([]);
    expect(ownedOrganizationsIfFull(absent(key))).to.deep.equal([]);
  });

  it('loses those that are gone when one more is owned, and keeps the others', () => {
    const { ownerOf } = withOwnedOrganization(owner25, ACME, 'org_acme', listedBy(owner25, 3), NOW);
    expect(ownerOf).to.deep.equal([...owns(25).slice(3), here]);
  });

  it('loses one whose name was taken again by another organization', () => {
    const ownedOrganizations = listedBy(owner25).map((loaded, i) =>
      i === 7 ? { ...loaded, record: organizationAcme({ id: 'org_later', owners: [TOM] }) } : loaded,
    );
    const { ownerOf } = withOwnedOrganization(owner25, ACME, 'org_acme', ownedOrganizations, NOW);
    expect(ownerOf).to.deep.equal([...owns(25).toSpliced(7, 1), here]);
  });

  it('keeps one that is suspended', () => {
    const ownedOrganizations = listedBy(owner25).map((loaded) =>
      loaded.record === undefined
        ? loaded
        : { ...loaded, record: { ...loaded.record, status: 'suspended' as const } },
    );
    expect(refusal(() => withOwnedOrganization(owner25, ACME, 'org_acme', ownedOrganizations, NOW))).to.equal(
      'too_many_organizations',
    );
  });

  it('cannot be judged without knowing them: that is a fault, not a refusal', () => {
    expect(() => withOwnedOrganization(owner25, ACME, 'org_acme', [], NOW)).to.throw(
      'The record organization:org-0 was not loaded.',
    );
  });
});

describe('whoever stops being an Owner', () => {
  it('stands on neither record afterwards, and nothing else of them changes but the time', () => {
    const user = userNamed(TOM, { ownerOf: [elsewhere, here] });
    const organization = organizationAcme({ owners: [TOM, OLIVIA] });
    expect(removeOwner({ user, organization }, NOW)).to.deep.equal({
      user: { ...user, ownerOf: [elsewhere], updatedAt: NOW },
      organization: { ...organization, owners: [OLIVIA], updatedAt: NOW },
    });
    expect(organization.owners, 'what was known is left alone').to.deep.equal([TOM, OLIVIA]);
  });

  it('cannot be the last one', () => {
    const user = userNamed(TOM, { ownerOf: [here] });
    const organization = organizationAcme({ owners: [TOM] });
    expect(refusal(() => removeOwner({ user, organization }, NOW))).to.equal('last_owner');
  });
});
