import { expect } from 'chai';
import { parseSlug } from '../../../src/domain/names.ts';
import { MAX_OWNERS } from '../../../src/domain/organization.ts';
import { becomesOwner, owning, stopsBeingOwner } from '../../../src/domain/plans/ownership.ts';
import { MAX_OWNED_ORGANIZATIONS } from '../../../src/domain/user.ts';
import { ACME, NOW, OLIVIA, organizationAcme, refusal, TOM, userNamed, usernames } from '../builders.ts';

const BETA = parseSlug('beta');
const elsewhere = { name: BETA, id: 'org_beta' };
const here = { name: ACME, id: 'org_acme' };
const owns = (count: number) =>
  Array.from({ length: count }, (_, i) => ({ name: parseSlug(`org-${i}`), id: `org_${i}` }));

describe('whoever becomes an Owner', () => {
  it('stands on both records afterwards, and nothing else of them changes but the time', () => {
    const user = userNamed(TOM, { ownerOf: [elsewhere] });
    const organization = organizationAcme();
    expect(becomesOwner({ user, organization }, NOW)).to.deep.equal({
      user: { ...user, ownerOf: [elsewhere, here], updatedAt: NOW },
      organization: { ...organization, owners: [OLIVIA, TOM], updatedAt: NOW },
    });
    expect(user.ownerOf, 'what was known is left alone').to.deep.equal([elsewhere]);
    expect(organization.owners).to.deep.equal([OLIVIA]);
  });

  it('no longer stands for an earlier organization of that name, which must be gone', () => {
    const user = userNamed(TOM, { ownerOf: [{ name: ACME, id: 'org_earlier' }, elsewhere] });
    expect(owning(user, ACME, 'org_acme', NOW).ownerOf).to.deep.equal([elsewhere, here]);
  });

  it('may be the hundredth Owner, but not the one after', () => {
    expect(MAX_OWNERS).to.equal(100);
    const with99 = organizationAcme({ owners: usernames(99) });
    const with100 = organizationAcme({ owners: usernames(100) });
    const user = userNamed(TOM);
    expect(becomesOwner({ user, organization: with99 }, NOW).organization.owners).to.have.length(100);
    expect(refusal(() => becomesOwner({ user, organization: with100 }, NOW))).to.equal('too_many_owners');
  });

  it('may own this organization as the twenty-fifth, but not as the one after', () => {
    expect(MAX_OWNED_ORGANIZATIONS).to.equal(25);
    const organization = organizationAcme();
    const owner24 = userNamed(TOM, { ownerOf: owns(24) });
    const owner25 = userNamed(TOM, { ownerOf: owns(25) });
    expect(becomesOwner({ user: owner24, organization }, NOW).user.ownerOf).to.have.length(25);
    expect(refusal(() => becomesOwner({ user: owner25, organization }, NOW))).to.equal(
      'too_many_organizations',
    );
    expect(refusal(() => owning(owner25, ACME, 'org_acme', NOW))).to.equal('too_many_organizations');
  });
});

describe('whoever stops being an Owner', () => {
  it('stands on neither record afterwards, and nothing else of them changes but the time', () => {
    const user = userNamed(TOM, { ownerOf: [elsewhere, here] });
    const organization = organizationAcme({ owners: [TOM, OLIVIA] });
    expect(stopsBeingOwner({ user, organization }, NOW)).to.deep.equal({
      user: { ...user, ownerOf: [elsewhere], updatedAt: NOW },
      organization: { ...organization, owners: [OLIVIA], updatedAt: NOW },
    });
    expect(organization.owners, 'what was known is left alone').to.deep.equal([TOM, OLIVIA]);
  });

  it('cannot be the last one', () => {
    const user = userNamed(TOM, { ownerOf: [here] });
    const organization = organizationAcme({ owners: [TOM] });
    expect(refusal(() => stopsBeingOwner({ user, organization }, NOW))).to.equal('last_owner');
  });
});
