import { expect } from 'chai';
import type { Change } from '../../../src/domain/change.ts';
import { normalizeEmail } from '../../../src/domain/names.ts';
import { emailKey, organizationKey, userKey } from '../../../src/domain/records.ts';
import type { UserStore } from '../../../src/ports/user-store.ts';
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

/** Of commits that contradict each other, only one is taken; of those that do not, all are. */
export function raceRules(current: CurrentStore): void {
  for (const kind of KINDS) {
    it(`of 20 parallel creations of one record exactly one wins (${kind})`, async () => {
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

    it(`of 20 parallel changes and deletions of one record exactly one wins (${kind})`, async () => {
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

  it('many workers count a version up: it ends at the number of commits that succeeded', async () => {
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

  it('two commits, each on condition of what the other writes, are never both taken', async () => {
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
      expect(winners, 'the commits that were taken').to.have.length(1);
      const versions = [(await load(handle(0), one.key)).version, (await load(handle(1), other.key)).version];
      expect(versions).to.deep.equal(winners[0] === 0 ? [2, 1] : [1, 2]);
    }
  });

  it('of a ring of commits, each on condition of what the next one writes, at least one fails', async () => {
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

  it('parallel commits on the same conditions, writing different records, all succeed', async () => {
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

  it('commits of the same records named in different orders neither block each other nor both win', async () => {
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

  it('a promotion and the deletion of the promoted user: exactly one is taken, and both sides agree', async () => {
    const handle = await handlesOf(current());
    for (let round = 0; round < 12; round += 1) {
      const scene = aPromotion();
      await commit(handle(0), scene.before);
      const order = round % 2 === 0 ? [scene.promotion, scene.deletion] : [scene.deletion, scene.promotion];
      const { winners } = await race(
        order.map((change, index) => handle(round + index).commit(change, deadline())),
      );
      expect(winners, 'the commits that were taken').to.have.length(1);
      const promoted = order[winners[0] ?? -1] === scene.promotion;
      await scene.expectState(handle(round), promoted);
    }
  });

  it('two Owners who demote each other: exactly one is taken', async () => {
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

/** A member about to become an Owner, and about to be deleted. */
function aPromotion() {
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

  async function expectState(store: UserStore, promoted: boolean): Promise<void> {
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
