import { expect } from 'chai';
import { StoreUnavailable } from '../../../../src/ports/errors.ts';
import { eventually, outcomeOf, ProxiedStore, TOLERANCE_MS, within } from './proxied-store.ts';
import { isOpening } from './wire-proxy.ts';

describe('PostgresUserStore on a faulty network', () => {
  const scene = ProxiedStore.inSuite();

  it('tolerates a slow network, and rejects operations that exceed the deadline', async () => {
    const { key, change, applied } = scene.aCreation();
    scene.proxy.delayMs = 40;
    const { error, ms } = await outcomeOf(scene.store.commit(change, within(60)));
    expect(error).to.be.instanceOf(StoreUnavailable);
    expect(ms).to.be.below(60 + TOLERANCE_MS);
    expect(await applied()).to.equal(0);
    await scene.store.commit(change, within(3000));
    expect((await scene.store.readMany([key], within(3000)))[0].version).to.equal(1);
  });

  it('needs one round trip for a read and two for a change', async () => {
    const [first, second] = [scene.aCreation(), scene.aCreation()];
    await scene.store.commit(first.change, within(2000));
    await scene.store.readMany([first.key], within(2000));
    scene.proxy.delayMs = 150;
    const reading = await outcomeOf(scene.store.readMany([first.key], within(2000)));
    expect(reading.ms).to.be.within(300, 590);
    const changing = await outcomeOf(scene.store.commit(second.change, within(2000)));
    expect(changing.ms).to.be.within(600, 890);
    expect([reading.error, changing.error]).to.deep.equal([undefined, undefined]);
  });

  it('accepts an infinite deadline', async () => {
    const { key, change } = scene.aCreation();
    await scene.store.commit(change, Number.POSITIVE_INFINITY);
    expect((await scene.store.readMany([key], Number.POSITIVE_INFINITY))[0].version).to.equal(1);
  });

  it('rejects by the deadline while the server does not answer, and recovers without a restart', async () => {
    const { key, change, applied } = scene.aCreation();
    await Promise.all([1, 2, 3, 4].map(() => scene.store.readMany([key], within(2000))));
    scene.proxy.fateOf = () => 'ignore';
    for (const attempt of [
      () => scene.store.readMany([key], within(400)),
      () => scene.store.commit(change, within(400)),
      () => scene.store.readMeta(within(400)),
    ]) {
      const all = await Promise.all(Array.from({ length: 8 }, () => outcomeOf(attempt())));
      for (const { error, ms } of all) {
        expect(error).to.be.instanceOf(StoreUnavailable);
        expect(ms).to.be.below(400 + TOLERANCE_MS);
      }
      await eventually('connections with a pending answer are closed', () => scene.proxy.open === 0);
    }
    expect(await applied()).to.equal(0);
    scene.proxy.fateOf = () => 'pass';
    await scene.store.commit(change, within(3000));
    expect((await scene.store.readMany([key], within(1000)))[0].version).to.equal(1);
  });

  it('loses at most one request to dead pooled connections', async () => {
    const { key } = scene.aCreation();
    await Promise.all([1, 2].map(() => scene.store.readMany([key], within(2000))));
    scene.proxy.freeze();
    expect((await outcomeOf(scene.store.readMany([key], within(300)))).error).to.be.instanceOf(
      StoreUnavailable,
    );
    for (const round of [1, 2]) {
      expect((await outcomeOf(scene.store.readMany([key], within(500)))).error, `read ${round}`).to.equal(
        undefined,
      );
    }
  });

  it('repeats a read and commits once if connections are reset', async () => {
    const { key, change, applied } = scene.aCreation();
    await scene.store.readMany([key], within(2000));
    scene.proxy.reset();
    await scene.store.readMany([key], within(2000));
    scene.once((bytes) => bytes.includes('BEGIN'), 'lose');
    await scene.store.readMany([key], within(2000));
    scene.once(isOpening, 'lose');
    await scene.store.commit(change, within(2000));
    expect(await applied()).to.equal(1);
  });
});
