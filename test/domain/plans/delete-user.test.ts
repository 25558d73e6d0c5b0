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
  BILLING_ACTING,
  byAdminService,
  CARA,
  CARA_ACTING,
  context,
  itRefusesInThisOrder,
  membershipOf,
  NOW,
  namesOf,
  OLIVIA,
  organizationAcme,
  refusal,
  TOM,
  theChange,
  userNamed,
  writtenTo,
} from '../builders.ts';

const email = parseEmail('Cara@example.org');
const slug = (i: number): Slug => parseSlug(`org-${i}`);

interface Situation {
  readonly ifVersion?: number;
  readonly callerIs?: 'suspended' | 'absent';
  readonly somebodyElse?: boolean;
  readonly onlyOwnerOf?: number;
}

/** "cara" has an e-mail address and owns so many organizations, together with others. */
function estate(owned: number, others: readonly Username[] = [OLIVIA]) {
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

describe('what else has to be known of a user who is to be deleted', () => {
  it('is the claim on their address, the organizations they are listed to own, and their memberships there', () => {
    const { user, claim, ownedOrganizations, memberships } = estate(2);
    expect(deletionReadSet(user)).to.deep.equal({
      claim: claim.key,
      ownedOrganizations: ownedOrganizations.map(({ key }) => key),
      memberships: memberships.map(({ key }) => key),
    });
  });

  it('is nothing of who has nothing, or is not there', () => {
    const nothing = { claim: undefined, ownedOrganizations: [], memberships: [] };
    expect(deletionReadSet({ key: userKey(CARA), version: 1, record: userNamed(CARA) })).to.deep.equal(
      nothing,
    );
    expect(deletionReadSet(absent(userKey(CARA)))).to.deep.equal(nothing);
  });
});

describe('deleting a user', () => {
  const attempt = ({ ifVersion, callerIs, somebodyElse, onlyOwnerOf }: Situation) => {
    const loaded = estate(2);
    const { record: cara } = loaded.user;
    if (cara === undefined) throw new Error('she is there');
    const caller =
      callerIs === 'absent'
        ? absent(userKey(CARA), 12)
        : { ...loaded.caller, record: { ...cara, status: callerIs ?? ('active' as const) } };
    const user = somebodyElse
      ? { key: userKey(TOM), version: 11, record: { ...cara, username: TOM } }
      : loaded.user;
    const ownedOrganizations = loaded.ownedOrganizations.map((one, i) =>
      i === onlyOwnerOf && one.record !== undefined
        ? { ...one, record: { ...one.record, owners: [CARA] } }
        : one,
    );
    return planDeleteUser({ ...loaded, caller, user, ownedOrganizations }, ifVersion, context);
  };

  itRefusesInThisOrder<Situation>(attempt, [
    { code: 'unauthenticated', because: 'the caller is suspended', situation: { callerIs: 'suspended' } },
    { code: 'unauthenticated', because: 'the caller was deleted', situation: { callerIs: 'absent' } },
    { code: 'forbidden', because: 'it is somebody else', situation: { somebodyElse: true } },
    { code: 'version_mismatch', because: 'the user has moved on', situation: { ifVersion: 12 } },
    {
      code: 'last_owner',
      because: 'they are the only Owner of one of their organizations',
      situation: { onlyOwnerOf: 1 },
    },
  ]);

  it('names the organization that would be left without an Owner, be it suspended', () => {
    const loaded = estate(2);
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

  it('by a service with the scope admin is refused where there is no such user, and done where they are suspended', () => {
    const loaded = { ...estate(1), caller: undefined };
    const gone = { ...loaded, user: absent(userKey(CARA), 4) };
    expect(refusal(() => planDeleteUser(gone, undefined, byAdminService))).to.equal('user_not_found');
    const record = userNamed(CARA, { email, status: 'suspended' });
    const change = theChange(
      planDeleteUser({ ...loaded, user: { ...loaded.user, record } }, 11, byAdminService),
    );
    expect(writtenTo(change, loaded.user)).to.equal(undefined);
    expect(change.events[0]?.actor).to.deep.equal(BILLING_ACTING);
  });

  it('writes the user, the claim and the organizations that they own, and no membership', () => {
    const loaded = estate(2);
    const plan = planDeleteUser(loaded, 11, context);
    const change = theChange(plan);
    expect(namesOf(change)).to.deep.equal({
      writes: ['email:cara@example.org', 'organization:org-0', 'organization:org-1', 'user:cara'],
      conditions: [],
    });
    expect(writtenTo(change, loaded.user)).to.equal(undefined);
    expect(writtenTo(change, loaded.claim)).to.equal(undefined);
    for (const organization of loaded.ownedOrganizations) {
      expect(writtenTo(change, organization)).to.deep.equal({
        ...organization.record,
        owners: [OLIVIA],
        updatedAt: NOW,
      });
    }
    expect(change.at).to.equal(NOW);
    expect(plan.result).to.equal(undefined);
  });

  it('leaves alone what is listed and gone, or whose name others have now', () => {
    const loaded = estate(3);
    const [first, second, third] = loaded.ownedOrganizations;
    if (first === undefined || second === undefined || third === undefined)
      throw new Error('three are listed');
    const taken = { ...second, record: organizationAcme({ id: 'org_later', owners: [CARA] }) };
    const change = theChange(
      planDeleteUser(
        { ...loaded, ownedOrganizations: [absent(first.key, 50), taken, third] },
        undefined,
        context,
      ),
    );
    expect(namesOf(change)).to.deep.equal({
      writes: ['email:cara@example.org', 'organization:org-2', 'user:cara'],
      conditions: [],
    });
    expect(change.events.map(({ type }) => type)).to.deep.equal(['user.deleted', 'membership.removed']);
  });

  it('cannot be decided without knowing the organizations: that is a fault, not a refusal', () => {
    expect(() => planDeleteUser({ ...estate(1), ownedOrganizations: [] }, undefined, context)).to.throw(
      'The record organization:org-0 was not loaded.',
    );
  });

  it('frees no claim that is not their own, and needs none', () => {
    const loaded = estate(0);
    const claim = { ...loaded.claim, record: { username: CARA, userId: 'user_later' } };
    for (const other of [claim, absent(claim.key, 3), undefined]) {
      const change = theChange(planDeleteUser({ ...loaded, claim: other }, undefined, context));
      expect(namesOf(change).writes).to.deep.equal(['user:cara']);
    }
  });

  it('is an event in the stream of the user, and one in that of each organization that they owned', () => {
    const { events } = theChange(planDeleteUser(estate(1), undefined, context));
    expect(events).to.deep.equal([
      {
        streams: [{ kind: 'user', id: 'user_cara' }],
        type: 'user.deleted',
        actor: CARA_ACTING,
        subject: { type: 'user', username: CARA, id: 'user_cara' },
        changes: {},
        version: 12,
        at: NOW,
      },
      {
        streams: [{ kind: 'organization', id: 'org_0' }],
        type: 'membership.removed',
        actor: CARA_ACTING,
        subject: { type: 'membership', organizationName: slug(0), username: CARA },
        changes: { role: { from: 'Owner' } },
        // The membership itself is not written.
        version: 70,
        at: NOW,
      },
    ]);
  });

  it('of an Owner of 25 organizations fits into one transaction of 100 items', () => {
    const change = theChange(planDeleteUser(estate(25), undefined, context));
    const streams = change.events.flatMap(({ streams: each }) => each.map(({ kind, id }) => `${kind}:${id}`));
    const heads = new Set(streams).size;
    const idempotency = 1;
    expect(change.writes.length + change.conditions.length + streams.length + heads + idempotency).to.equal(
      80,
    );
  });
});
