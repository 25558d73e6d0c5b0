import { expect } from 'chai';
import { parseDisplayText } from '../../../src/domain/names.ts';
import { planUpdateOrganization } from '../../../src/domain/plans/update-organization.ts';
import {
  ACME,
  adminServiceContext,
  BILLING_ACTOR,
  CARA,
  CARA_ACTOR,
  context,
  NOW,
  service,
  withoutCaller,
} from '../builders.ts';
import { errorCode, itFailsInThisOrder } from '../failures.ts';
import { recordIds, requireChange, writtenRecord } from '../plan-changes.ts';
import { recordsFor, type VersionedScenario } from '../scenario.ts';
import {
  callerIsMember,
  memberFailures,
  organizationMissing,
  organizationSuspended,
  versionMismatch,
} from './common-failures.ts';

const other = parseDisplayText('Acme & Sons');
const rename = ({ ifVersion, ...scenario }: VersionedScenario = {}) =>
  planUpdateOrganization(recordsFor(scenario), other, ifVersion, context);
const renameByService = ({ ifVersion, ...scenario }: VersionedScenario = {}) =>
  planUpdateOrganization(withoutCaller(recordsFor(scenario)), other, ifVersion, adminServiceContext);

describe('planUpdateOrganization', () => {
  itFailsInThisOrder<VersionedScenario>(rename, [
    ...memberFailures,
    ...callerIsMember,
    ...versionMismatch('organization', 11),
  ]);

  describe('by a service with the scope admin', () => {
    itFailsInThisOrder<VersionedScenario>(renameByService, [
      ...organizationMissing,
      ...organizationSuspended,
      ...versionMismatch('organization', 11),
    ]);

    it('has no precondition besides the organization', () => {
      const change = requireChange(renameByService({ ifVersion: 12 }));
      expect(recordIds(change)).to.deep.equal({ writes: ['organization:acme'], conditions: [] });
      expect(change.events[0]?.actor).to.deep.equal(BILLING_ACTOR);
    });
  });

  it('writes only the organization for an Owner or Admin, with caller and membership as preconditions', () => {
    for (const caller of ['Owner', 'Admin'] as const) {
      const loaded = recordsFor({ callerRole: caller });
      const plan = rename({ callerRole: caller, ifVersion: 12 });
      const change = requireChange(plan);
      const record = { ...loaded.organization.record, displayName: other, updatedAt: NOW };
      expect(recordIds(change)).to.deep.equal({
        writes: ['organization:acme'],
        conditions: ['membership:acme/cara', 'user:cara'],
      });
      expect(writtenRecord(change, loaded.organization)).to.deep.equal(record);
      expect(plan.result).to.deep.equal({ record, version: 13 });
    }
  });

  it('has the user and membership as preconditions for a service on behalf of an Owner', () => {
    const context = { caller: service(['write'], CARA), at: NOW };
    const change = requireChange(planUpdateOrganization(recordsFor(), other, undefined, context));
    expect(recordIds(change).conditions).to.deep.equal(['membership:acme/cara', 'user:cara']);
  });

  it('has no change for the same name, but checks the version', () => {
    const loaded = recordsFor();
    const same = parseDisplayText('Acme');
    expect(planUpdateOrganization(loaded, same, 12, context)).to.deep.equal({
      result: { record: loaded.organization.record, version: 12 },
    });
    expect(errorCode(() => planUpdateOrganization(loaded, same, 13, context))).to.equal('version_mismatch');
  });

  it('records one event of the organization without the names', () => {
    expect(requireChange(rename()).events).to.deep.equal([
      {
        streams: [{ kind: 'organization', id: 'org_acme' }],
        type: 'organization.updated',
        actor: CARA_ACTOR,
        subject: { type: 'organization', organizationName: ACME, id: 'org_acme' },
        changes: { displayName: {} },
        version: 13,
        at: NOW,
      },
    ]);
  });
});
