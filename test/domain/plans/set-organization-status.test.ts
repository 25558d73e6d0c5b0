import { expect } from 'chai';
import { planSetOrganizationStatus } from '../../../src/domain/plans/set-organization-status.ts';
import { ACME, adminServiceContext, BILLING_ACTOR, context, NOW, withoutCaller } from '../builders.ts';
import { errorCode } from '../failures.ts';
import { recordIds, requireChange, writtenRecord } from '../plan-changes.ts';
import { recordsFor } from '../scenario.ts';

const loaded = (organizationStatus: 'active' | 'suspended' | 'absent') =>
  withoutCaller(recordsFor({ organizationStatus }));

for (const [from, to, type] of [
  ['active', 'suspended', 'organization.suspended'],
  ['suspended', 'active', 'organization.resumed'],
] as const) {
  describe(`planSetOrganizationStatus to ${to}`, () => {
    const set = () => planSetOrganizationStatus(loaded(from), to, adminServiceContext);

    it('fails if the organization does not exist', () => {
      const attempt = () => planSetOrganizationStatus(loaded('absent'), to, adminServiceContext);
      expect(errorCode(attempt)).to.equal('organization_not_found');
    });

    it('is forbidden for Owners and fails for outsiders as if the organization did not exist', () => {
      expect(errorCode(() => planSetOrganizationStatus(recordsFor(), to, context))).to.equal('forbidden');
      const outsider = recordsFor({ callerRole: 'none' });
      expect(errorCode(() => planSetOrganizationStatus(outsider, to, context))).to.equal(
        'organization_not_found',
      );
    });

    it('changes the status only', () => {
      const plan = set();
      const changed = { ...loaded(from).organization.record, status: to, updatedAt: NOW };
      expect(recordIds(requireChange(plan))).to.deep.equal({ writes: ['organization:acme'], conditions: [] });
      expect(writtenRecord(requireChange(plan), loaded(from).organization)).to.deep.equal(changed);
      expect(plan.result).to.deep.equal({ record: changed, version: 13 });
    });

    it('has no change if it is repeated', () => {
      const plan = planSetOrganizationStatus(loaded(to), to, adminServiceContext);
      expect(plan).to.deep.equal({ result: { record: loaded(to).organization.record, version: 12 } });
    });

    it('records one event of the organization by the service', () => {
      expect(requireChange(set()).events).to.deep.equal([
        {
          streams: [{ kind: 'organization', id: 'org_acme' }],
          type,
          actor: BILLING_ACTOR,
          subject: { type: 'organization', organizationName: ACME, id: 'org_acme' },
          changes: { status: { from, to } },
          version: 13,
          at: NOW,
        },
      ]);
    });
  });
}
