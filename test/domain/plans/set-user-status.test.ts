import { expect } from 'chai';
import { planSetUserStatus } from '../../../src/domain/plans/set-user-status.ts';
import {
  BILLING_ACTING,
  byAdminService,
  context,
  NOW,
  namesOf,
  refusal,
  scene,
  TOM,
  theChange,
  withNobodyBehind,
  writtenTo,
} from '../builders.ts';

const loaded = (targetIs: 'active' | 'suspended' | 'absent') =>
  withNobodyBehind(scene({ target: 'Owner', targetIs }));

for (const [what, from, to, type] of [
  ['suspending', 'active', 'suspended', 'user.suspended'],
  ['resuming', 'suspended', 'active', 'user.resumed'],
] as const) {
  describe(`${what} a user`, () => {
    const set = () => planSetUserStatus(loaded(from), to, byAdminService);

    it('is refused where there is none', () => {
      const attempt = () => planSetUserStatus(loaded('absent'), to, byAdminService);
      expect(refusal(attempt)).to.equal('user_not_found');
    });

    it('is refused to users', () => {
      expect(refusal(() => planSetUserStatus(scene(), to, context))).to.equal('forbidden');
    });

    it('changes the status and nothing else: an Owner remains one', () => {
      const plan = set();
      const { record } = loaded(from).user;
      const changed = { ...record, status: to, updatedAt: NOW };
      expect(namesOf(theChange(plan))).to.deep.equal({ writes: ['user:tom'], conditions: [] });
      expect(writtenTo(theChange(plan), loaded(from).user)).to.deep.equal(changed);
      expect(plan.result).to.deep.equal({ record: changed, version: 15 });
    });

    it('once more changes nothing', () => {
      const plan = planSetUserStatus(loaded(to), to, byAdminService);
      expect(plan).to.deep.equal({ result: { record: loaded(to).user.record, version: 14 } });
    });

    it('is one event in the stream of the user, by the service', () => {
      expect(theChange(set()).events).to.deep.equal([
        {
          streams: [{ kind: 'user', id: 'user_tom' }],
          type,
          actor: BILLING_ACTING,
          subject: { type: 'user', username: TOM, id: 'user_tom' },
          changes: { status: { from, to } },
          version: 15,
          at: NOW,
        },
      ]);
    });
  });
}
