import { expect } from 'chai';
import { StoreUnavailable } from '../../../../src/ports/errors.ts';
import { aChange, update } from '../../../support/accounts.ts';
import { clock, eventually, outcomeOf, ProxiedStore, TOLERANCE_MS, within } from './proxied-store.ts';
import { isCommit } from './wire-proxy.ts';

describe('PostgresUserStore lock waits', () => {
  const scene = ProxiedStore.inSuite();

  it('the server ends a transaction whose client has vanished, and releases its locks', async () => {
    const { user, key, change } = scene.aCreation();
    await scene.store.commit(change, within(2000));
    scene.once(isCommit, 'hold');
    const suspended = { ...user, status: 'suspended' } as const;
    const lost = outcomeOf(scene.store.commit(aChange([update(key, 1, suspended)]), within(500)));
    await eventually('the COMMIT is held by the proxy', () => scene.proxy.held > 0);
    await scene.direct.commit(aChange([update(key, 1, user)]), within(2000));
    expect((await lost).error).to.not.equal(undefined);
    const [loaded] = await scene.store.readMany([key], within(2000));
    expect(loaded).to.deep.equal({ key, version: 2, record: user });
  });

  it('a change that timed out while waiting for a locked row is never applied', async () => {
    const { user, key, change, applied } = scene.aCreation();
    await scene.store.commit(change, within(2000));
    const release = await scene.lock(
      `UPDATE rollcall.users SET version = version WHERE username = '${user.username}'`,
    );
    const deadline = within(400);
    const all = [1, 2, 3].map(() =>
      outcomeOf(scene.store.commit(aChange([update(key, 1, { ...user, status: 'suspended' })]), deadline)),
    );
    for (const { error, ms } of await Promise.all(all)) {
      expect(error).to.be.instanceOf(StoreUnavailable);
      expect(ms).to.be.below(400 + TOLERANCE_MS);
    }
    await eventually(
      'no session is in a transaction',
      async () => (await scene.sessionsInTransaction()) === 0,
    );
    await release();
    expect(await applied()).to.equal(1);
  });

  it('a change that timed out while waiting to insert a row is never applied', async () => {
    const { user, change, applied } = scene.aCreation();
    const release = await scene.lock(
      `INSERT INTO rollcall.users (username, version, deleted_at, kept_until) VALUES ('${user.username}', 1, now(), now())`,
    );
    const { error, ms } = await outcomeOf(scene.store.commit(change, within(400)));
    expect(error).to.be.instanceOf(StoreUnavailable);
    expect(ms).to.be.below(400 + TOLERANCE_MS);
    await eventually(
      'no session is in a transaction',
      async () => (await scene.sessionsInTransaction()) === 0,
    );
    await release();
    expect(await applied()).to.equal(0);
  });

  it('continues to serve reads while many changes wait for a lock', async () => {
    const { user, key, change } = scene.aCreation();
    await scene.store.commit(change, within(2000));
    const release = await scene.lock(
      `UPDATE rollcall.users SET version = version WHERE username = '${user.username}'`,
    );
    const waiting = Array.from({ length: 12 }, () =>
      outcomeOf(scene.store.commit(aChange([update(key, 1, user)]), within(1000))),
    );
    await clock.sleep(50);
    for (let round = 0; round < 20; round += 1) {
      const { error, ms } = await outcomeOf(scene.store.readMany([key], within(1000)));
      expect(error).to.equal(undefined);
      expect(ms).to.be.below(TOLERANCE_MS);
    }
    await release();
    await Promise.all(waiting);
  });
});
