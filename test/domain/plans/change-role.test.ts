import { expect } from 'chai';
import { planChangeRole } from '../../../src/domain/plans/change-role.ts';
import { ROLES, type Role } from '../../../src/domain/role.ts';
import {
  ACME,
  CARA,
  CARA_ACTING,
  context,
  itRefusesInThisOrder,
  NOW,
  namesOf,
  OLIVIA,
  refusal,
  type Sketch,
  scene,
  sceneOfOneself,
  service,
  TOM,
  theChange,
  usernames,
  writtenTo,
} from '../builders.ts';

type Situation = Sketch & { readonly ifVersion?: number };
const change = ({ ifVersion, ...sketch }: Situation, role: Role) =>
  planChangeRole(scene(sketch), role, ifVersion, context);

const asCaller = [
  { code: 'unauthenticated', because: 'the caller was deleted', situation: { callerIs: 'absent' } },
  { code: 'unauthenticated', because: 'the caller is suspended', situation: { callerIs: 'suspended' } },
  {
    code: 'organization_not_found',
    because: 'there is no such organization',
    situation: { organizationIs: 'absent' },
  },
  { code: 'organization_not_found', because: 'the caller is an outsider', situation: { caller: 'none' } },
  {
    code: 'organization_suspended',
    because: 'the organization is suspended',
    situation: { organizationIs: 'suspended' },
  },
  { code: 'forbidden', because: 'the caller is a mere Member', situation: { caller: 'Member' } },
  { code: 'membership_not_found', because: 'there is no such user', situation: { targetIs: 'absent' } },
  { code: 'membership_not_found', because: 'the user is no member', situation: { target: 'none' } },
  {
    code: 'membership_not_found',
    because: 'the membership is of an earlier user of this name',
    situation: { target: 'of an earlier user' },
  },
  {
    code: 'membership_not_found',
    because: 'the membership is in an earlier organization of this name',
    situation: { target: 'in an earlier organization' },
  },
  { code: 'forbidden', because: 'an Admin meddles with Owners', situation: { caller: 'Admin' } },
  { code: 'version_mismatch', because: 'the membership has moved on', situation: { ifVersion: 14 } },
] as const;

describe('promoting a member to Owner', () => {
  itRefusesInThisOrder<Situation>(
    (situation) => change(situation, 'Owner'),
    [
      ...asCaller,
      { code: 'user_suspended', because: 'the member is suspended', situation: { targetIs: 'suspended' } },
      {
        code: 'too_many_owners',
        because: 'the organization has 100 Owners',
        situation: { otherOwners: usernames(99) },
      },
      {
        code: 'too_many_organizations',
        because: 'the member owns 25 organizations',
        situation: { targetOwns: 25 },
      },
    ],
  );

  it('may fill the last place of 100 and of 25, and one of 25 that is gone', () => {
    change({ otherOwners: usernames(98), targetOwns: 24 }, 'Owner');
    const loaded = scene({ targetOwns: 25, targetsGone: 2 });
    const promoted = theChange(planChangeRole(loaded, 'Owner', undefined, context));
    expect(writtenTo(promoted, loaded.user)?.ownerOf).to.have.length(24);
    expect(namesOf(promoted).conditions, 'what is gone stays gone').to.deep.equal([
      'membership:acme/cara',
      'user:cara',
    ]);
  });

  it('changes the membership, the organization and the user in one change', () => {
    const loaded = scene({ target: 'Admin' });
    const plan = planChangeRole(loaded, 'Owner', undefined, context);
    const promoted = theChange(plan);
    expect(namesOf(promoted)).to.deep.equal({
      writes: ['membership:acme/tom', 'organization:acme', 'user:tom'],
      conditions: ['membership:acme/cara', 'user:cara'],
    });
    const membership = { ...loaded.membership.record, role: 'Owner', updatedAt: NOW };
    expect(writtenTo(promoted, loaded.membership)).to.deep.equal(membership);
    expect(writtenTo(promoted, loaded.organization)?.owners).to.deep.equal([OLIVIA, CARA, TOM]);
    expect(writtenTo(promoted, loaded.user)?.ownerOf).to.deep.equal([{ name: ACME, id: 'org_acme' }]);
    expect(plan.result).to.deep.equal({ record: membership, version: 16 });
  });
});

describe('demoting an Owner', () => {
  itRefusesInThisOrder<Situation>(
    (situation) => change({ target: 'Owner', ...situation }, 'Member'),
    [...asCaller],
  );

  it('is refused for the last one, who can only be the caller, after the check of the version', () => {
    const last = sceneOfOneself({ otherOwners: [] });
    for (const role of ['Admin', 'Member'] as const) {
      expect(refusal(() => planChangeRole(last, role, undefined, context))).to.equal('last_owner');
      expect(refusal(() => planChangeRole(last, role, 12, context))).to.equal('version_mismatch');
    }
  });

  it('changes the membership, the organization and the user in one change', () => {
    const loaded = scene({ target: 'Owner', targetOwns: 1 });
    const demoted = theChange(planChangeRole(loaded, 'Admin', undefined, context));
    expect(namesOf(demoted)).to.deep.equal({
      writes: ['membership:acme/tom', 'organization:acme', 'user:tom'],
      conditions: ['membership:acme/cara', 'user:cara'],
    });
    expect(writtenTo(demoted, loaded.membership)).to.include({
      role: 'Admin',
      createdAt: loaded.user.record?.createdAt,
    });
    expect(writtenTo(demoted, loaded.organization)?.owners).to.deep.equal([OLIVIA, CARA]);
    expect(writtenTo(demoted, loaded.user)?.ownerOf.map(({ id }) => id)).to.deep.equal(['org_other-0']);
  });

  it('may be done to oneself while there is another Owner, naming each record once', () => {
    const loaded = sceneOfOneself({});
    const demoted = theChange(planChangeRole(loaded, 'Admin', 13, context));
    expect(namesOf(demoted)).to.deep.equal({
      writes: ['membership:acme/cara', 'organization:acme', 'user:cara'],
      conditions: [],
    });
    expect(writtenTo(demoted, loaded.callerMembership)?.role).to.equal('Admin');
    expect(writtenTo(demoted, loaded.organization)?.owners).to.deep.equal([OLIVIA]);
    expect(writtenTo(demoted, loaded.caller)?.ownerOf).to.deep.equal([]);
  });
});

describe('changing a role', () => {
  const mayMove: Readonly<Record<Role, (from: Role, to: Role) => boolean>> = {
    Owner: () => true,
    Admin: (from, to) => from !== 'Owner' && to !== 'Owner',
    Member: () => false,
  };
  for (const caller of ROLES) {
    for (const from of ROLES) {
      for (const to of ROLES) {
        const right = mayMove[caller](from, to)
          ? from === to
            ? 'changes nothing'
            : 'is done'
          : 'is forbidden';
        it(`by ${caller}, from ${from} to ${to}, ${right}`, () => {
          const attempt = () => change({ caller, target: from }, to);
          if (right === 'is forbidden') {
            expect(refusal(attempt)).to.equal('forbidden');
            return;
          }
          const plan = attempt();
          expect(plan.result.record.role).to.equal(to);
          expect(plan.result.version).to.equal(from === to ? 15 : 16);
          expect(plan.change === undefined).to.equal(from === to);
        });
      }
    }
  }

  it('of somebody who is suspended is done, but makes nobody an Owner; an Owner stays one', () => {
    const targetIs = 'suspended';
    expect(change({ targetIs }, 'Admin').result.version).to.equal(16);
    expect(change({ targetIs, target: 'Owner' }, 'Member').result.version).to.equal(16);
    expect(change({ targetIs, target: 'Owner' }, 'Owner').change).to.equal(undefined);
  });

  it('on behalf of an Owner relies on that user and their membership, and says who did it', () => {
    const caller = service(['write'], CARA);
    const changed = theChange(planChangeRole(scene(), 'Admin', undefined, { caller, at: NOW }));
    expect(namesOf(changed).conditions).to.include.members(['user:cara', 'membership:acme/cara']);
    expect(changed.events[0]?.actor).to.deep.equal({ type: 'service', name: 'billing', onBehalfOf: CARA });
  });

  it('to the same role has no change, hence no event and no new version; the last Owner may ask for it', () => {
    const loaded = sceneOfOneself({ otherOwners: [] });
    expect(planChangeRole(loaded, 'Owner', undefined, context)).to.deep.equal({
      result: { record: loaded.membership.record, version: 13 },
    });
  });

  it('to the same role still minds the version that the caller insists on', () => {
    expect(refusal(() => change({ ifVersion: 16 }, 'Member'))).to.equal('version_mismatch');
    expect(change({ ifVersion: 15 }, 'Member').result.version).to.equal(15);
  });

  it('minds also a version of 0', () => {
    expect(refusal(() => change({ ifVersion: 0 }, 'Admin'))).to.equal('version_mismatch');
  });

  it('between Member and Admin writes only the membership; all else that counted is a condition', () => {
    const loaded = scene({ caller: 'Admin' });
    const changed = theChange(planChangeRole(loaded, 'Admin', 15, context));
    expect(namesOf(changed)).to.deep.equal({
      writes: ['membership:acme/tom'],
      conditions: ['membership:acme/cara', 'organization:acme', 'user:cara', 'user:tom'],
    });
    expect(writtenTo(changed, loaded.membership)).to.deep.equal({
      ...loaded.membership.record,
      role: 'Admin',
      updatedAt: NOW,
    });
  });

  it('by an Admin may be their own step down, but never up', () => {
    const self = (role: Role) =>
      planChangeRole(sceneOfOneself({ caller: 'Admin' }), role, undefined, context);
    const down = theChange(self('Member'));
    expect(namesOf(down)).to.deep.equal({
      writes: ['membership:acme/cara'],
      conditions: ['organization:acme', 'user:cara'],
    });
    expect(refusal(() => self('Owner'))).to.equal('forbidden');
  });

  it('is one event, in the streams of the organization and of the user, with both roles', () => {
    expect(theChange(change({ target: 'Owner' }, 'Member')).events).to.deep.equal([
      {
        streams: [
          { kind: 'organization', id: 'org_acme' },
          { kind: 'user', id: 'user_tom' },
        ],
        type: 'membership.role_changed',
        actor: CARA_ACTING,
        subject: { type: 'membership', organizationName: ACME, username: TOM },
        changes: { role: { from: 'Owner', to: 'Member' } },
        version: 16,
        at: NOW,
      },
    ]);
  });
});
