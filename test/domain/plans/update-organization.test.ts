import { expect } from 'chai';
import { parseDisplayText } from '../../../src/domain/names.ts';
import { planUpdateOrganization } from '../../../src/domain/plans/update-organization.ts';
import {
  ACME,
  BILLING_ACTING,
  byAdminService,
  CARA,
  CARA_ACTING,
  context,
  itRefusesInThisOrder,
  NOW,
  namesOf,
  refusal,
  type Sketch,
  scene,
  service,
  theChange,
  withNobodyBehind,
  writtenTo,
} from '../builders.ts';

type Situation = Sketch & { readonly ifVersion?: number };
const other = parseDisplayText('Acme & Sons');
const rename = ({ ifVersion, ...sketch }: Situation = {}) =>
  planUpdateOrganization(scene(sketch), other, ifVersion, context);
const byAdmin = ({ ifVersion, ...sketch }: Situation = {}) =>
  planUpdateOrganization(withNobodyBehind(scene(sketch)), other, ifVersion, byAdminService);

const faults = [
  {
    code: 'organization_not_found',
    because: 'there is no such organization',
    situation: { organizationIs: 'absent' },
  },
  {
    code: 'organization_suspended',
    because: 'the organization is suspended',
    situation: { organizationIs: 'suspended' },
  },
  { code: 'version_mismatch', because: 'the organization has moved on', situation: { ifVersion: 11 } },
] as const;
const [missing, suspended, moved] = faults;

describe('renaming an organization', () => {
  itRefusesInThisOrder<Situation>(rename, [
    { code: 'unauthenticated', because: 'the caller was deleted', situation: { callerIs: 'absent' } },
    { code: 'unauthenticated', because: 'the caller is suspended', situation: { callerIs: 'suspended' } },
    missing,
    { code: 'organization_not_found', because: 'the caller is an outsider', situation: { caller: 'none' } },
    suspended,
    { code: 'forbidden', because: 'the caller is a mere Member', situation: { caller: 'Member' } },
    moved,
  ]);

  describe('by a service with the scope admin', () => {
    itRefusesInThisOrder<Situation>(byAdmin, faults);

    it('relies on nothing but the organization', () => {
      const change = theChange(byAdmin({ ifVersion: 12 }));
      expect(namesOf(change)).to.deep.equal({ writes: ['organization:acme'], conditions: [] });
      expect(change.events[0]?.actor).to.deep.equal(BILLING_ACTING);
    });
  });

  it('by an Owner or Admin writes only the organization; the caller and their membership are conditions', () => {
    for (const caller of ['Owner', 'Admin'] as const) {
      const loaded = scene({ caller });
      const plan = rename({ caller, ifVersion: 12 });
      const change = theChange(plan);
      const record = { ...loaded.organization.record, displayName: other, updatedAt: NOW };
      expect(namesOf(change)).to.deep.equal({
        writes: ['organization:acme'],
        conditions: ['membership:acme/cara', 'user:cara'],
      });
      expect(writtenTo(change, loaded.organization)).to.deep.equal(record);
      expect(plan.result).to.deep.equal({ record, version: 13 });
    }
  });

  it('on behalf of an Owner holds only while that user and their membership are as known', () => {
    const context = { caller: service(['write'], CARA), at: NOW };
    const change = theChange(planUpdateOrganization(scene(), other, undefined, context));
    expect(namesOf(change).conditions).to.deep.equal(['membership:acme/cara', 'user:cara']);
  });

  it('to the name that it has changes nothing, but minds the version', () => {
    const loaded = scene();
    const same = parseDisplayText('Acme');
    expect(planUpdateOrganization(loaded, same, 12, context)).to.deep.equal({
      result: { record: loaded.organization.record, version: 12 },
    });
    expect(refusal(() => planUpdateOrganization(loaded, same, 13, context))).to.equal('version_mismatch');
  });

  it('is one event in the stream of the organization, without the names', () => {
    expect(theChange(rename()).events).to.deep.equal([
      {
        streams: [{ kind: 'organization', id: 'org_acme' }],
        type: 'organization.updated',
        actor: CARA_ACTING,
        subject: { type: 'organization', organizationName: ACME, id: 'org_acme' },
        changes: { displayName: {} },
        version: 13,
        at: NOW,
      },
    ]);
  });
});
