import { expect } from 'chai';
import { planSetUserStatus } from '../../../src/domain/plans/set-user-status.ts';
import { adminServiceContext, BILLING_ACTOR, context, NOW, TOM, withoutCaller } from '../builders.ts';
import { errorCode } from '../failures.ts';
import { recordIds, requireChange, writtenRecord } from '../plan-changes.ts';
import { recordsFor } from '../scenario.ts';

const loaded = (targetStatus: 'active' | 'suspended' | 'absent') =>
  withoutCaller(recordsFor({ targetRole: 'Owner', targetStatus }));

for (const [from, to, type] of [
  ['active', 'suspended', 'user.suspended'],
  ['suspended', 'active', 'user.resumed'],
] as const) {
  describe(`planSetUserStatus to ${to}`, () => {
    const set = () => planSetUserStatus(loaded(from), to, adminServiceContext);

    it('fails if the user does not exist', () => {
      const attempt = () => planSetUserStatus(loaded('absent'), to, adminServiceContext);
      expect(errorCode(attempt)).to.equal('user_not_found');
    });

    it('is forbidden for users', () => {
      expect(errorCode(() => planSetUserStatus(recordsFor(), to, context))).to.equal('forbidden');
    });

    it('changes the status only, also of an Owner', () => {
      const plan = set();
      const { record } = loaded(from).user;
      const changed = { ...record, status: to, updatedAt: NOW };
      expect(recordIds(requireChange(plan))).to.deep.equal({ writes: ['user:tom'], conditions: [] });
      expect(writtenRecord(requireChange(plan), loaded(from).user)).to.deep.equal(changed);
      expect(plan.result).to.deep.equal({ record: changed, version: 15 });
    });

    it('has no change if it is repeated', () => {
      const plan = planSetUserStatus(loaded(to), to, adminServiceContext);
      expect(plan).to.deep.equal({ result: { record: loaded(to).user.record, version: 14 } });
    });

    it('records one event of the user by the service', () => {
      expect(requireChange(set()).events).to.deep.equal([
        {
          streams: [{ kind: 'user', id: 'user_tom' }],
          type,
          actor: BILLING_ACTOR,
          subject: { type: 'user', username: TOM, id: 'user_tom' },
          changes: { status: { from, to } },
          version: 15,
          at: NOW,
        },
      ]);
    });
  });
}
