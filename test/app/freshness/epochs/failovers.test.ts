import { expect } from 'chai';
import { parseSlug, parseUsername } from '../../../../src/domain/names.ts';
import { billing, serviceDriver, user } from '../../../support/account-stack.ts';
import { EpochInstances } from '../../../support/epoch-instances.ts';

const ACME = parseSlug('acme');
const BOB = parseUsername('bob');

describe('epochs across failovers of the cache', () => {
  /** Two instances, an open epoch, and bob an Admin of acme, cached on both. */
  async function opened() {
    const world = new EpochInstances();
    const a = world.instance();
    const b = world.instance();
    const both = [a, b];
    const act = serviceDriver(a.service);
    await world.reach('open', both);
    await world.settle(act.createUser('ann'), both);
    await world.settle(act.createUser('bob'), both);
    await world.settle(act.createOrganization('ann', 'acme'), both);
    await world.settle(act.add('ann', 'acme', 'bob', 'Admin'), both);
    const check = async (instance: typeof a) => {
      const driver = serviceDriver(instance.service);
      return world.settle(driver.check('acme', 'bob', billing('read')), both);
    };
    const remove = () => world.settle(a.service.memberships.remove(user('ann'), ACME, BOB), both);
    expect(await check(a)).to.equal('Admin');
    expect(await check(b)).to.equal('Admin');
    return { world, a, b, both, check, remove };
  }

  it('does not grant after failover and failback what was removed in between', async () => {
    const { world, a, b, both, check, remove } = await opened();
    world.servers.replicate();
    world.servers.failOver();
    await remove();
    expect(await check(a)).to.equal('not_member');
    expect(await check(b)).to.equal('not_member');
    world.servers.failOver();
    for (const instance of both) instance.cache.reconnect();
    expect(await check(a)).to.equal('not_member');
    expect(await check(b)).to.equal('not_member');
  });

  it('does not grant on the old one of two primaries what was removed on the new one', async () => {
    const { world, a, b, check, remove } = await opened();
    world.servers.replicate();
    world.servers.promote(world.servers.second);
    a.cache.reconnect();
    expect(a.cache.server()?.id).to.include('second');
    expect(b.cache.server()?.id).to.include('first');
    await remove();
    expect(await check(b)).to.equal('not_member');
  });

  it('acknowledges a removal while the cache is down, after the permits have run out', async () => {
    const { world, a, b, check, remove } = await opened();
    world.servers.first.isUp = false;
    const began = world.clock.monotonic();
    await remove();
    expect(world.clock.monotonic() - began).to.be.within(5300, 8000);
    expect(await check(b)).to.equal('not_member');
    expect(await check(a)).to.equal('not_member');
    expect(a.keeper.latest?.state).to.equal('closed');
  });

  it('opens a new epoch when the cache is back, with nothing of the old one', async () => {
    const { world, a, b, both, check, remove } = await opened();
    const token = a.keeper.latest?.meta.epoch?.token;
    world.servers.first.isUp = false;
    await remove();
    world.servers.first.isUp = true;
    for (const instance of both) instance.cache.reconnect();
    const took = await world.reach('open', both);
    expect(took).to.be.within(2000 + 10_600, 16_000);
    expect(a.keeper.latest?.meta.epoch?.token).to.be.a('string').and.not.equal(token);
    expect(await check(b)).to.equal('not_member');
  });

  it('refuses the write of an instance that must not close, and changes nothing', async () => {
    const world = new EpochInstances({ writesWithoutCache: false });
    const a = world.instance();
    await world.reach('open', [a]);
    world.servers.first.isUp = false;
    const driver = serviceDriver(a.service);
    const refusal = await world.settle(
      driver.createUser('ann').then(
        () => 'made',
        (error: { code?: string }) => error.code,
      ),
      [a],
    );
    expect(refusal).to.equal('cache_unavailable');
    expect(a.keeper.latest?.state).to.equal('open');
  });
});
