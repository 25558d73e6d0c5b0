import { expect } from 'chai';
import { planDeleteOrganization } from '../../../src/domain/plans/delete-organization.ts';
import {
  ACME,
  adminServiceContext,
  BILLING_ACTOR,
  CARA_ACTOR,
  context,
  NOW,
  withoutCaller,
} from '../builders.ts';
import { itFailsInThisOrder } from '../failures.ts';
import { recordIds, requireChange, writtenRecord } from '../plan-changes.ts';
import { recordsFor, type VersionedScenario } from '../scenario.ts';
import {
  callerIsAdmin,
  callerIsMember,
  memberFailures,
  organizationMissing,
  versionMismatch,
} from './common-failures.ts';

const remove = ({ ifVersion, ...scenario }: VersionedScenario = {}) =>
  planDeleteOrganization(recordsFor(scenario), ifVersion, context);
const removeByService = ({ ifVersion, ...scenario }: VersionedScenario = {}) =>
  planDeleteOrganization(withoutCaller(recordsFor(scenario)), ifVersion, adminServiceContext);

describe('planDeleteOrganization', () => {
  itFailsInThisOrder<VersionedScenario>(remove, [
    ...memberFailures,
    ...callerIsAdmin,
    ...callerIsMember,
    ...versionMismatch('organization', 11),
  ]);

  describe('by a service with the scope admin', () => {
    itFailsInThisOrder<VersionedScenario>(removeByService, [
      ...organizationMissing,
      ...versionMismatch('organization', 11),
    ]);

    it('deletes a suspended organization too, with no other precondition', () => {
      const change = requireChange(removeByService({ organizationStatus: 'suspended', ifVersion: 12 }));
      expect(recordIds(change)).to.deep.equal({ writes: ['organization:acme'], conditions: [] });
      expect(change.events[0]?.actor).to.deep.equal(BILLING_ACTOR);
    });
  });

  it('writes only the organization, with the caller and the membership as preconditions', () => {
    const loaded = recordsFor();
    const plan = remove({ ifVersion: 12 });
    const change = requireChange(plan);
    expect(recordIds(change)).to.deep.equal({
      writes: ['organization:acme'],
      conditions: ['membership:acme/cara', 'user:cara'],
    });
    expect(writtenRecord(change, loaded.organization)).to.equal(undefined);
    expect(plan.result).to.equal(undefined);
  });

  it('records one event of the organization', () => {
    expect(requireChange(remove()).events).to.deep.equal([
      {
        streams: [{ kind: 'organization', id: 'org_acme' }],
        type: 'organization.deleted',
        actor: CARA_ACTOR,
        subject: { type: 'organization', organizationName: ACME, id: 'org_acme' },
        changes: {},
        version: 13,
        at: NOW,
      },
    ]);
  });
});
