import { expect } from 'chai';
import type { Change } from '../../../src/domain/change.ts';
import { normalizeEmail } from '../../../src/domain/names.ts';
import { emailKey, organizationKey, userKey } from '../../../src/domain/records.ts';
import {
  aChange,
  aMembership,
  anEmailClaim,
  anEvent,
  anOrganization,
  aUser,
  create,
  erase,
  KINDS,
  keyOfMembership,
  organizationStream,
  SAMPLES,
  text,
  uniqueEmail,
  update,
  userStream,
} from '../../support/accounts.ts';
import type { BoundStore } from '../../support/bound-store.ts';
import { deadline } from '../../support/deadline.ts';
import {
  type CurrentStore,
  commit,
  createAll,
  eventsOf,
  handlesOf,
  load,
  oneTo,
  race,
} from './store-under-test.ts';

/** Of conflicting concurrent commits exactly one succeeds; commits without a conflict all succeed. */
export function raceRules(current: CurrentStore): void {
  for (const kind of KINDS) {
    it(`applies exactly one of 20 concurrent creations of a record (${kind})`, async () => {
      const handle = await handlesOf(current());
      const { key, first, second } = SAMPLES[kind]();
      const candidates = oneTo(20).map((count) => (count % 2 === 0 ? first : second));
      const { winners, conflicts } = await race(
        candidates.map((record, index) => commit(handle(index), [create(key, record)])),
      );
      expect(winners).to.have.length(1);
      for (const { moved } of conflicts) expect(moved).to.deep.equal(key);
      const record = candidates[winners[0] ?? -1];
      for (const turn of [0, 1])
        expect(await load(handle(turn), key)).to.deep.equal({ key, version: 1, record });
    });

    it(`applies exactly one of 20 concurrent updates and deletions of a record (${kind})`, async () => {
      const handle = await handlesOf(current());
      const { key, first, second } = SAMPLES[kind]();
      await commit(handle(0), [create(key, first)]);
      const writes = oneTo(20).map((count) => (count % 3 === 0 ? erase(key, 1) : update(key, 1, second)));
      const { winners, conflicts } = await race(writes.map((write, index) => commit(handle(index), [write])));
      expect(winners).to.have.length(1);
      for (const { moved } of conflicts) expect(moved).to.deep.equal(key);
      const record = writes[winners[0] ?? -1]?.record;
      expect(await load(handle(1), key)).to.deep.equal({ key, version: 2, record });
    });
  }

  it('increments the version once per successful commit of concurrent workers', async () => {
    const handle = await handlesOf(current());
    const { key, first, second } = SAMPLES.organization();
    const stream = organizationStream();
    await commit(handle(0), [create(key, first)]);
    let succeeded = 0;

    async function worker(_: unknown, turn: number): Promise<void> {
      for (let round = 0; round < 12; round += 1) {
        const { version } = await load(handle(turn), key);
        const { winners } = await race([
          commit(handle(turn), [update(key, version, second)], { events: [anEvent([stream])] }),
        ]);
        succeeded += winners.length;
      }
    }

    await Promise.all(oneTo(8).map(worker));
    expect(succeeded).to.be.at.least(12);
    expect((await load(handle(0), key)).version).to.equal(1 + succeeded);
    expect(await eventsOf(handle(1), stream)).to.have.length(succeeded);
  });

  it('never applies both of two commits that each depend on the record that the other writes', async () => {
    const handle = await handlesOf(current());
    for (let round = 0; round < 12; round += 1) {
      const [one, other] = [SAMPLES.user(), SAMPLES.organization()];
      await commit(handle(0), [create(one.key, one.first), create(other.key, other.first)]);
      const { winners } = await race([
        commit(handle(round), [update(one.key, 1, one.second)], {
          conditions: [{ key: other.key, version: 1 }],
        }),
        commit(handle(round + 1), [erase(other.key, 1)], { conditions: [{ key: one.key, version: 1 }] }),
      ]);
      expect(winners, 'the commits that succeeded').to.have.length(1);
      const versions = [(await load(handle(0), one.key)).version, (await load(handle(1), other.key)).version];
      expect(versions).to.deep.equal(winners[0] === 0 ? [2, 1] : [1, 2]);
    }
  });

  it('never applies all commits of a cycle in which each depends on the record that the next one writes', async () => {
    const handle = await handlesOf(current());
    for (let round = 0; round < 6; round += 1) {
      const ring = oneTo(4).map(() => SAMPLES.membership());
      await createAll(handle(0), ring);
      const { winners } = await race(
        ring.map(({ key, second }, index) => {
          const next = ring[(index + 1) % ring.length]?.key ?? key;
          return commit(handle(index), [update(key, 1, second)], { conditions: [{ key: next, version: 1 }] });
        }),
      );
      expect(winners.length).to.be.within(1, 3);
    }
  });

  it('applies all concurrent commits with the same preconditions and different writes', async () => {
    const handle = await handlesOf(current());
    const [user, organization] = [SAMPLES.user(), SAMPLES.organization()];
    await commit(handle(0), [create(user.key, user.first), create(organization.key, organization.first)]);
    const written = oneTo(20).map(() => SAMPLES.membership());
    const longDeadline = deadline(10_000);
    const conditions = [
      { key: user.key, version: 1 },
      { key: organization.key, version: 1 },
    ];
    await Promise.all(
      written.map(({ key, first }, index) =>
        handle(index).commit(aChange([create(key, first)], { conditions }), longDeadline),
      ),
    );
    for (const { key } of written) expect((await load(handle(1), key)).version).to.equal(1);
  });

  it('applies exactly one of several commits that write the same records in different orders, without deadlock', async () => {
    const handle = await handlesOf(current());
    const all = oneTo(6).map(() => SAMPLES.user());
    await createAll(handle(0), all);
    for (let version = 1; version <= 8; version += 1) {
      const writes = all.map(({ key, second }) => update(key, version, second));
      const orders = [writes, writes.toReversed(), [...writes.slice(3), ...writes.slice(0, 3)], writes];
      const { winners } = await race(orders.map((order, index) => commit(handle(index), order)));
      expect(winners).to.have.length(1);
      for (const { key } of all) expect((await load(handle(version), key)).version).to.equal(version + 1);
    }
  });

  it('applies exactly one of a promotion and the deletion of the promoted user, consistently on both sides', async () => {
    const handle = await handlesOf(current());
    for (let round = 0; round < 12; round += 1) {
      const scenario = promotionScenario();
      await commit(handle(0), scenario.before);
      const order =
        round % 2 === 0 ? [scenario.promotion, scenario.deletion] : [scenario.deletion, scenario.promotion];
      const { winners } = await race(
        order.map((change, index) => handle(round + index).commit(change, deadline())),
      );
      expect(winners, 'the commits that succeeded').to.have.length(1);
      const promoted = order[winners[0] ?? -1] === scenario.promotion;
      await scenario.expectState(handle(round), promoted);
    }
  });

  it('applies exactly one of the demotions of two Owners by each other', async () => {
    const handle = await handlesOf(current());
    for (let round = 0; round < 8; round += 1) {
      const [ann, bob] = [aUser(), aUser()];
      const organization = anOrganization({ owners: [ann.username, bob.username] });
      const ofOrganization = organizationKey(organization.organizationName);
      await commit(handle(0), [
        create(userKey(ann.username), ann),
        create(userKey(bob.username), bob),
        create(ofOrganization, organization),
      ]);
      const demote = (demoted: typeof ann, actor: typeof ann) =>
        aChange(
          [
            update(ofOrganization, 1, { ...organization, owners: [actor.username] }),
            update(userKey(demoted.username), 1, { ...demoted, ownerOf: [] }),
          ],
          { conditions: [{ key: userKey(actor.username), version: 1 }] },
        );
      const { winners } = await race([
        handle(round).commit(demote(ann, bob), deadline()),
        handle(round + 1).commit(demote(bob, ann), deadline()),
      ]);
      expect(winners).to.have.length(1);
      const [left] = [winners[0] === 0 ? bob.username : ann.username];
      expect((await load(handle(1), ofOrganization)).record).to.deep.include({ owners: [left] });
    }
  });
}

/** A member, with two conflicting changes: a promotion to Owner and a deletion. */
function promotionScenario() {
  const email = uniqueEmail();
  const user = aUser({ email });
  const organization = anOrganization();
  const membership = aMembership(organization, user);
  const [ofUser, ofOrganization, ofMembership, ofEmail] = [
    userKey(user.username),
    organizationKey(organization.organizationName),
    keyOfMembership(membership),
    emailKey(normalizeEmail(email)),
  ] as const;
  const [organizationEvents, userEvents] = [organizationStream(organization.id), userStream(user.id)];
  const owner = {
    ...user,
    firstName: text('Owner'),
    ownerOf: [{ name: organization.organizationName, id: organization.id }],
  };
  const owned = { ...organization, owners: [...organization.owners, user.username] };
  const promotion: Change = aChange(
    [
      update(ofUser, 1, owner),
      update(ofOrganization, 1, owned),
      update(ofMembership, 1, { ...membership, role: 'Owner' }),
    ],
    { events: [anEvent([organizationEvents, userEvents], { type: 'membership.role_changed' })] },
  );
  const deletion: Change = aChange([erase(ofUser, 1), erase(ofEmail, 1)], {
    events: [anEvent([userEvents], { type: 'user.deleted' })],
  });

  async function expectState(store: BoundStore, promoted: boolean): Promise<void> {
    const found = await store.readMany([ofUser, ofOrganization, ofMembership, ofEmail], deadline());
    expect(found.map(({ record }) => record)).to.deep.equal(
      promoted
        ? [owner, owned, { ...membership, role: 'Owner' }, anEmailClaim(user)]
        : [undefined, organization, membership, undefined],
    );
    expect(found.map(({ version }) => version)).to.deep.equal(promoted ? [2, 2, 2, 1] : [2, 1, 1, 2]);
    const types = (await eventsOf(store, userEvents)).map(({ type }) => type);
    expect(types).to.deep.equal([promoted ? 'membership.role_changed' : 'user.deleted']);
    expect(await eventsOf(store, organizationEvents)).to.have.length(promoted ? 1 : 0);
  }

  const before = [
    create(ofUser, user),
    create(ofOrganization, organization),
    create(ofMembership, membership),
    create(ofEmail, anEmailClaim(user)),
  ];
  return { before, promotion, deletion, expectState };
}
