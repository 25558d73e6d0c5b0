import { expect } from 'chai';
import { planDeleteOrganization } from '../../../src/domain/plans/delete-organization.ts';
import {
  ACME,
  BILLING_ACTING,
  byAdminService,
  CARA_ACTING,
  context,
  itRefusesInThisOrder,
  NOW,
  namesOf,
  type Sketch,
  scene,
  theChange,
  withNobodyBehind,
  writtenTo,
} from '../builders.ts';

type Situation = Sketch & { readonly ifVersion?: number };
const end = ({ ifVersion, ...sketch }: Situation = {}) =>
  planDeleteOrganization(scene(sketch), ifVersion, context);
const byAdmin = ({ ifVersion, ...sketch }: Situation = {}) =>
  planDeleteOrganization(withNobodyBehind(scene(sketch)), ifVersion, byAdminService);

const missing = {
  code: 'organization_not_found',
  because: 'there is no such organization',
  situation: { organizationIs: 'absent' },
} as const;
const moved = {
  code: 'version_mismatch',
  because: 'the organization has moved on',
  situation: { ifVersion: 11 },
} as const;

describe('deleting an organization', () => {
  itRefusesInThisOrder<Situation>(end, [
    { code: 'unauthenticated', because: 'the caller was deleted', situation: { callerIs: 'absent' } },
    { code: 'unauthenticated', because: 'the caller is suspended', situation: { callerIs: 'suspended' } },
    missing,
    { code: 'organization_not_found', because: 'the caller is an outsider', situation: { caller: 'none' } },
    {
      code: 'organization_suspended',
      because: 'the organization is suspended',
      situation: { organizationIs: 'suspended' },
    },
    { code: 'forbidden', because: 'the caller is an Admin', situation: { caller: 'Admin' } },
    { code: 'forbidden', because: 'the caller is a Member', situation: { caller: 'Member' } },
    moved,
  ]);

  describe('by a service with the scope admin', () => {
    itRefusesInThisOrder<Situation>(byAdmin, [missing, moved]);

    it('is done also while it is suspended, and relies on nothing but the organization', () => {
      const change = theChange(byAdmin({ organizationIs: 'suspended', ifVersion: 12 }));
      expect(namesOf(change)).to.deep.equal({ writes: ['organization:acme'], conditions: [] });
      expect(change.events[0]?.actor).to.deep.equal(BILLING_ACTING);
    });
  });

  it('writes only the organization; the Owner who does it and their membership are conditions', () => {
    const loaded = scene();
    const plan = end({ ifVersion: 12 });
    const change = theChange(plan);
    expect(namesOf(change)).to.deep.equal({
      writes: ['organization:acme'],
      conditions: ['membership:acme/cara', 'user:cara'],
    });
    expect(writtenTo(change, loaded.organization)).to.equal(undefined);
    expect(plan.result).to.equal(undefined);
  });

  it('is one event in the stream of the organization', () => {
    expect(theChange(end()).events).to.deep.equal([
      {
        streams: [{ kind: 'organization', id: 'org_acme' }],
        type: 'organization.deleted',
        actor: CARA_ACTING,
        subject: { type: 'organization', organizationName: ACME, id: 'org_acme' },
        changes: {},
        version: 13,
        at: NOW,
      },
    ]);
  });
});
