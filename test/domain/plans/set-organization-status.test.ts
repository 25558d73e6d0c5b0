import { expect } from 'chai';
import { planSetOrganizationStatus } from '../../../src/domain/plans/set-organization-status.ts';
import {
  ACME,
  BILLING_ACTING,
  byAdminService,
  context,
  NOW,
  namesOf,
  refusal,
  scene,
  theChange,
  withNobodyBehind,
  writtenTo,
} from '../builders.ts';

const loaded = (organizationIs: 'active' | 'suspended' | 'absent') =>
  withNobodyBehind(scene({ organizationIs }));

for (const [what, from, to, type] of [
  ['suspending', 'active', 'suspended', 'organization.suspended'],
  ['resuming', 'suspended', 'active', 'organization.resumed'],
] as const) {
  describe(`${what} an organization`, () => {
    const set = () => planSetOrganizationStatus(loaded(from), to, byAdminService);

    it('is refused where there is none', () => {
      const attempt = () => planSetOrganizationStatus(loaded('absent'), to, byAdminService);
      expect(refusal(attempt)).to.equal('organization_not_found');
    });

    it('is forbidden to its Owners, and to outsiders there is none', () => {
      expect(refusal(() => planSetOrganizationStatus(scene(), to, context))).to.equal('forbidden');
      const outside = scene({ caller: 'none' });
      expect(refusal(() => planSetOrganizationStatus(outside, to, context))).to.equal(
        'organization_not_found',
      );
    });

    it('changes the status and nothing else', () => {
      const plan = set();
      const changed = { ...loaded(from).organization.record, status: to, updatedAt: NOW };
      expect(namesOf(theChange(plan))).to.deep.equal({ writes: ['organization:acme'], conditions: [] });
      expect(writtenTo(theChange(plan), loaded(from).organization)).to.deep.equal(changed);
      expect(plan.result).to.deep.equal({ record: changed, version: 13 });
    });

    it('once more changes nothing', () => {
      const plan = planSetOrganizationStatus(loaded(to), to, byAdminService);
      expect(plan).to.deep.equal({ result: { record: loaded(to).organization.record, version: 12 } });
    });

    it('is one event in the stream of the organization, by the service', () => {
      expect(theChange(set()).events).to.deep.equal([
        {
          streams: [{ kind: 'organization', id: 'org_acme' }],
          type,
          actor: BILLING_ACTING,
          subject: { type: 'organization', organizationName: ACME, id: 'org_acme' },
          changes: { status: { from, to } },
          version: 13,
          at: NOW,
        },
      ]);
    });
  });
}
