import { expect } from 'chai';
import { PermittedStore } from '../../../src/app/freshness/epochs/permitted-store.ts';
import { BackgroundSweep } from '../../../src/app/operations/background-sweep.ts';
import { Sweep } from '../../../src/app/operations/sweep.ts';
import { parseSlug, parseUsername } from '../../../src/domain/names.ts';
import { membershipKey, userKey } from '../../../src/domain/records.ts';
import { accountStack, accountStackWith, user } from '../../support/account-stack.ts';
import { aChange, anInvitation, create, keyOfInvitation } from '../../support/accounts.ts';
import { SETTINGS } from '../../support/fresh-stack.ts';

const ACME = parseSlug('acme');
const DAY_MS = 86_400_000;
const EIGHT_DAYS = 8 * DAY_MS;

/** "ann" has deleted "acme", and still owns "beta". */
async function sweepStack() {
  const stack = await accountStackWith({
    acme: { ann: 'Owner', bob: 'Member', carl: 'Admin' },
    beta: { ann: 'Owner', bob: 'Member' },
  });
  const { service, records, store, keeper, clock } = stack;
  await service.organizations.delete(user('ann'), ACME);
  const { storeTimeoutMs } = SETTINGS;
  const sweep = new Sweep({ records, store: new PermittedStore(store, keeper), clock, storeTimeoutMs });
  const soon = () => clock.monotonic() + 1000;
  const loaded = async (username: string) => {
    const key = membershipKey(ACME, parseUsername(username));
    const [membership] = await store.readMany([key], soon());
    return membership;
  };
  return { ...stack, sweep, loaded, soon };
}

const ignoreProgress = () => {};

describe('Sweep', () => {
  it('removes orphaned memberships and entries of deleted organizations only', async () => {
    const { sweep, loaded, driver, store, soon } = await sweepStack();
    expect((await loaded('carl')).record).to.include({ role: 'Admin' });
    expect(await sweep.run(ignoreProgress)).to.deep.equal({ memberships: 3, owners: 1, expired: 0 });
    for (const name of ['ann', 'bob', 'carl']) {
      expect(await loaded(name)).to.include({ record: undefined, version: 2 });
    }
    const [ann] = await store.readMany([userKey(parseUsername('ann'))], soon());
    expect(ann.record?.ownerOf.map(({ name }) => name)).to.deep.equal(['beta']);
    expect(await driver.check('beta', 'bob')).to.equal('Member');
    expect(await sweep.run(ignoreProgress)).to.deep.equal({ memberships: 0, owners: 0, expired: 0 });
  });

  it('records no event', async () => {
    const { sweep, service } = await sweepStack();
    const page = { after: 0, limit: 100 };
    const before = await service.users.listEvents(user('bob'), parseUsername('bob'), page);
    await sweep.run(ignoreProgress);
    expect(await service.users.listEvents(user('bob'), parseUsername('bob'), page)).to.deep.equal(before);
  });

  it('keeps the memberships of a new organization of the same name', async () => {
    const { sweep, driver } = await sweepStack();
    await driver.createOrganization('carl', 'acme');
    await driver.add('carl', 'acme', 'bob', 'Member');
    await sweep.run(ignoreProgress);
    expect(await driver.check('acme', 'carl')).to.equal('Owner');
    expect(await driver.check('acme', 'bob')).to.equal('Member');
    expect(await driver.check('acme', 'ann')).to.equal('not_member');
  });

  it('reads again before it removes, and keeps a membership that was added meanwhile', async () => {
    const { sweep, driver, store } = await sweepStack();
    let isFirst = true;
    store.beforeRead = async () => {
      if (!isFirst) return;
      isFirst = false;
      await driver.createOrganization('carl', 'acme');
      await driver.add('carl', 'acme', 'bob', 'Admin');
    };
    await sweep.run(ignoreProgress);
    expect(await driver.check('acme', 'bob')).to.equal('Admin');
  });

  it('removes expired tombstones', async () => {
    const { sweep, loaded, clock } = await sweepStack();
    await sweep.run(ignoreProgress);
    await clock.advance(EIGHT_DAYS);
    // Three memberships and the organization.
    expect(await sweep.run(ignoreProgress)).to.include({ expired: 4 });
    expect(await loaded('bob')).to.include({ record: undefined, version: 0 });
  });

  it('removes expired invitations only', async () => {
    const { sweep, store, clock, soon } = await sweepStack();
    const at = (ms: number) => new Date(clock.now() + ms).toISOString();
    const invitations = [at(0), at(1)].map((expiresAt) => anInvitation({ expiresAt }));
    const writes = invitations.map((one) => create(keyOfInvitation(one), one));
    await store.commit(aChange(writes), soon());
    expect(await sweep.run(ignoreProgress)).to.include({ expired: 1 });
    const left = async () =>
      (await store.readMany(invitations.map(keyOfInvitation), soon())).map(({ record }) => record);
    expect(await left()).to.deep.equal([undefined, invitations[1]]);
    await clock.advance(1);
    expect(await sweep.run(ignoreProgress)).to.include({ expired: 1 });
    expect(await left()).to.deep.equal([undefined, undefined]);
  });

  it('reports progress and can be stopped between pages', async () => {
    const { sweep } = await sweepStack();
    const reported: (number | undefined)[][] = [];
    await sweep.run((done, total) => reported.push([done, total]));
    expect(reported).to.deep.equal([[10, 10]]);
    const stop = AbortSignal.abort();
    expect(await sweep.run(ignoreProgress, { stop })).to.deep.equal({
      memberships: 0,
      owners: 0,
      expired: 0,
    });
  });
});

describe('BackgroundSweep', () => {
  it('runs once a day from a random time on, also after a failure, until it is stopped', async () => {
    const { clock } = accountStack();
    let runs = 0;
    const sweep = {
      run: async () => {
        runs += 1;
        if (runs === 1) throw new Error('the store is unavailable');
        return { memberships: 0, owners: 0, expired: 0 };
      },
    } as unknown as Sweep;
    const stop = new AbortController();
    const background = new BackgroundSweep({ sweep, clock, ids: { fraction: () => 0.5 } });
    const running = background.run(stop.signal);
    await clock.advance(DAY_MS / 2 - 1);
    expect(runs).to.equal(0);
    await clock.advance(1);
    expect(runs).to.equal(1);
    await clock.advance(DAY_MS - 1);
    expect(runs).to.equal(1);
    await clock.advance(1);
    expect(runs).to.equal(2);
    stop.abort();
    await running;
  });
});
