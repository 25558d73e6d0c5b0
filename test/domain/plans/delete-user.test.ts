import { expect } from 'chai';
import {
  normalizeEmail,
  parseEmail,
  parseSlug,
  type Slug,
  type Username,
} from '../../../src/domain/names.ts';
import type { Organization } from '../../../src/domain/organization.ts';
import { deletionReadSet, planDeleteUser } from '../../../src/domain/plans/delete-user.ts';
import {
  emailKey,
  type KeyOf,
  type Loaded,
  membershipKey,
  organizationKey,
  userKey,
} from '../../../src/domain/records.ts';
import {
  absent,
  adminServiceContext,
  BILLING_ACTOR,
  CARA,
  CARA_ACTOR,
  context,
  membershipOf,
  NOW,
  OLIVIA,
  organizationAcme,
  TOM,
  userNamed,
} from '../builders.ts';
import { errorCode, itFailsInThisOrder } from '../failures.ts';
import { recordIds, requireChange, writtenRecord } from '../plan-changes.ts';

const email = parseEmail('Cara@example.org');
const slug = (i: number): Slug => parseSlug(`org-${i}`);

interface DeletionScenario {
  readonly ifVersion?: number;
  readonly callerStatus?: 'suspended' | 'absent';
  readonly isOtherUser?: boolean;
  /** The index of an organization without other Owners. */
  readonly onlyOwnerOf?: number;
}

/** The records of "cara", who has an e-mail address and owns organizations together with others. */
function recordsWith(owned: number, others: readonly Username[] = [OLIVIA]) {
  const cara = userNamed(CARA, {
    email,
    ownerOf: Array.from({ length: owned }, (_, i) => ({ name: slug(i), id: `org_${i}` })),
  });
  const user: Loaded<KeyOf<'user'>> = { key: userKey(CARA), version: 11, record: cara };
  const organization = (i: number): Organization =>
    organizationAcme({ id: `org_${i}`, organizationName: slug(i), owners: [CARA, ...others] });
  return {
    caller: user,
    user,
    claim: { key: emailKey(normalizeEmail(email)), version: 31, record: { username: CARA, userId: cara.id } },
    ownedOrganizations: cara.ownerOf.map(
      (_, i): Loaded<KeyOf<'organization'>> => ({
        key: organizationKey(slug(i)),
        version: 40 + i,
        record: organization(i),
      }),
    ),
    memberships: cara.ownerOf.map(
      (_, i): Loaded<KeyOf<'membership'>> => ({
        key: membershipKey(slug(i), CARA),
        version: 70 + i,
        record: membershipOf(cara, organization(i), 'Owner'),
      }),
    ),
  };
}

describe('deletionReadSet', () => {
  it('contains the claim on the e-mail address, the owned organizations, and the memberships in them', () => {
    const { user, claim, ownedOrganizations, memberships } = recordsWith(2);
    expect(deletionReadSet(user)).to.deep.equal({
      claim: claim.key,
      ownedOrganizations: ownedOrganizations.map(({ key }) => key),
      memberships: memberships.map(({ key }) => key),
    });
  });

  it('is empty for a user without any of them and for an absent user', () => {
    const empty = { claim: undefined, ownedOrganizations: [], memberships: [] };
    expect(deletionReadSet({ key: userKey(CARA), version: 1, record: userNamed(CARA) })).to.deep.equal(empty);
    expect(deletionReadSet(absent(userKey(CARA)))).to.deep.equal(empty);
  });
});

describe('planDeleteUser', () => {
  const remove = ({ ifVersion, callerStatus, isOtherUser, onlyOwnerOf }: DeletionScenario) => {
    const loaded = recordsWith(2);
    const { record: cara } = loaded.user;
    if (cara === undefined) throw new Error('the user must exist');
    const caller =
      callerStatus === 'absent'
        ? absent(userKey(CARA), 12)
        : { ...loaded.caller, record: { ...cara, status: callerStatus ?? ('active' as const) } };
    const user = isOtherUser
      ? { key: userKey(TOM), version: 11, record: { ...cara, username: TOM } }
      : loaded.user;
    const ownedOrganizations = loaded.ownedOrganizations.map((one, i) =>
      i === onlyOwnerOf && one.record !== undefined
        ? { ...one, record: { ...one.record, owners: [CARA] } }
        : one,
    );
    return planDeleteUser({ ...loaded, caller, user, ownedOrganizations }, ifVersion, context);
  };

  itFailsInThisOrder<DeletionScenario>(remove, [
    { code: 'unauthenticated', cause: 'the caller is suspended', scenario: { callerStatus: 'suspended' } },
    { code: 'unauthenticated', cause: 'the caller was deleted', scenario: { callerStatus: 'absent' } },
    { code: 'forbidden', cause: 'the user is not the caller', scenario: { isOtherUser: true } },
    { code: 'version_mismatch', cause: 'the user has another version', scenario: { ifVersion: 12 } },
    {
      code: 'last_owner',
      cause: 'the user is the only Owner of an organization',
      scenario: { onlyOwnerOf: 1 },
    },
  ]);

  it('names the organization that would have no Owner, also if it is suspended', () => {
    const loaded = recordsWith(2);
    const alone = organizationAcme({
      id: 'org_1',
      organizationName: slug(1),
      owners: [CARA],
      status: 'suspended',
    });
    const ownedOrganizations = loaded.ownedOrganizations.map((one, i) =>
      i === 1 ? { ...one, record: alone } : one,
    );
    expect(() => planDeleteUser({ ...loaded, ownedOrganizations }, undefined, context)).to.throw(
      '"cara" is the only Owner of the organization "org-1"',
    );
  });

  it('lets a service with the scope admin delete suspended users, but not absent ones', () => {
    const loaded = { ...recordsWith(1), caller: undefined };
    const absentUser = { ...loaded, user: absent(userKey(CARA), 4) };
    expect(errorCode(() => planDeleteUser(absentUser, undefined, adminServiceContext))).to.equal(
      'user_not_found',
    );
    const record = userNamed(CARA, { email, status: 'suspended' });
    const change = requireChange(
      planDeleteUser({ ...loaded, user: { ...loaded.user, record } }, 11, adminServiceContext),
    );
    expect(writtenRecord(change, loaded.user)).to.equal(undefined);
    expect(change.events[0]?.actor).to.deep.equal(BILLING_ACTOR);
  });

  it('writes the user, the claim and the owned organizations, and no membership', () => {
    const loaded = recordsWith(2);
    const plan = planDeleteUser(loaded, 11, context);
    const change = requireChange(plan);
    expect(recordIds(change)).to.deep.equal({
      writes: ['email:cara@example.org', 'organization:org-0', 'organization:org-1', 'user:cara'],
      conditions: [],
    });
    expect(writtenRecord(change, loaded.user)).to.equal(undefined);
    expect(writtenRecord(change, loaded.claim)).to.equal(undefined);
    for (const organization of loaded.ownedOrganizations) {
      expect(writtenRecord(change, organization)).to.deep.equal({
        ...organization.record,
        owners: [OLIVIA],
        updatedAt: NOW,
      });
    }
    expect(change.at).to.equal(NOW);
    expect(plan.result).to.equal(undefined);
  });

  it('does not write organizations that were deleted or whose name was reused', () => {
    const loaded = recordsWith(3);
    const [first, second, third] = loaded.ownedOrganizations;
    if (first === undefined || second === undefined || third === undefined)
      throw new Error('three organizations are expected');
    const reused = { ...second, record: organizationAcme({ id: 'org_later', owners: [CARA] }) };
    const change = requireChange(
      planDeleteUser(
        { ...loaded, ownedOrganizations: [absent(first.key, 50), reused, third] },
        undefined,
        context,
      ),
    );
    expect(recordIds(change)).to.deep.equal({
      writes: ['email:cara@example.org', 'organization:org-2', 'user:cara'],
      conditions: [],
    });
    expect(change.events.map(({ type }) => type)).to.deep.equal(['user.deleted', 'membership.removed']);
  });

  it('throws an error that is not a domain error if the organizations were not loaded', () => {
    expect(() => planDeleteUser({ ...recordsWith(1), ownedOrganizations: [] }, undefined, context)).to.throw(
      'The record organization:org-0 was not loaded.',
    );
  });

  it('does not write the claim of another user, and requires none', () => {
    const loaded = recordsWith(0);
    const claim = { ...loaded.claim, record: { username: CARA, userId: 'user_later' } };
    for (const other of [claim, absent(claim.key, 3), undefined]) {
      const change = requireChange(planDeleteUser({ ...loaded, claim: other }, undefined, context));
      expect(recordIds(change).writes).to.deep.equal(['user:cara']);
    }
  });

  it('records an event of the user, and one of each owned organization', () => {
    const { events } = requireChange(planDeleteUser(recordsWith(1), undefined, context));
    expect(events).to.deep.equal([
      {
        streams: [{ kind: 'user', id: 'user_cara' }],
        type: 'user.deleted',
        actor: CARA_ACTOR,
        subject: { type: 'user', username: CARA, id: 'user_cara' },
        changes: {},
        version: 12,
        at: NOW,
      },
      {
        streams: [{ kind: 'organization', id: 'org_0' }],
        type: 'membership.removed',
        actor: CARA_ACTOR,
        subject: { type: 'membership', organizationName: slug(0), username: CARA },
        changes: { role: { from: 'Owner' } },
        // The membership itself is not written.
        version: 70,
        at: NOW,
      },
    ]);
  });

  it('fits into a transaction of 100 items for an Owner of 25 organizations', () => {
    const change = requireChange(planDeleteUser(recordsWith(25), undefined, context));
    const streams = change.events.flatMap(({ streams: each }) => each.map(({ kind, id }) => `${kind}:${id}`));
    const heads = new Set(streams).size;
    const idempotency = 1;
    expect(change.writes.length + change.conditions.length + streams.length + heads + idempotency).to.equal(
      80,
    );
  });
});
