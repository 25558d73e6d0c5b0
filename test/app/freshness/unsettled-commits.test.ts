import { expect } from 'chai';
import { decode } from '../../../src/app/freshness/cache-entry.ts';
import { OutcomeUnknown } from '../../../src/ports/errors.ts';
import { freshStack, SETTINGS } from '../../support/fresh-stack.ts';
import { rejectionOf } from '../../support/rejection-of.ts';
import { yieldToEventLoop } from '../../support/yield-to-event-loop.ts';
import { create, key, rename } from './user-plans.ts';

const { markerTtlMs, storeTimeoutMs } = SETTINGS;

/** A write whose commit is abandoned, and may still be applied until the test settles it. */
async function unsettledWrite() {
  const stack = freshStack();
  await stack.writer.write({ keys: [key], plan: create });
  let settle = () => {};
  const settled = new Promise<void>((resolve) => {
    settle = resolve;
  });
  stack.store.beforeCommit = async () => {
    throw new OutcomeUnknown('no answer', { settled });
  };
  const error = await rejectionOf(stack.writer.write({ keys: [key], plan: rename }));
  expect(error).to.be.instanceOf(OutcomeUnknown);
  await yieldToEventLoop();
  stack.store.beforeCommit = async () => {};
  const pass = async (ms: number) => {
    await stack.clock.advance(ms);
    await yieldToEventLoop();
  };
  return { ...stack, settle, pass };
}

describe('FreshWriter, after a commit that may still be applied', () => {
  it('keeps the records marked until the commit is settled, and then for one TTL', async () => {
    const { cache, reader, store, settle, pass } = await unsettledWrite();
    for (let elapsed = 0; elapsed < 5 * markerTtlMs; elapsed += 500) {
      await pass(500);
      store.reads = 0;
      await reader.read([key]);
      expect(store.reads, `read from the store after ${elapsed} ms`).to.equal(1);
    }
    settle();
    await yieldToEventLoop();
    const puts = cache.of('put').length;
    await pass(markerTtlMs - 1);
    store.reads = 0;
    await reader.read([key]);
    expect(store.reads, 'read from the store').to.equal(1);
    await pass(10 * markerTtlMs);
    expect(cache.of('put'), 'markers put after the commit was settled').to.have.length(puts);
    await reader.read([key]);
    store.reads = 0;
    await reader.read([key]);
    expect(store.reads, 'the cache is used again').to.equal(0);
  });

  it('puts a marker that was never sent before each time, all with the same TTL', async () => {
    const { cache, settle, pass } = await unsettledWrite();
    for (let round = 0; round < 10; round += 1) await pass(markerTtlMs);
    settle();
    await yieldToEventLoop();
    const puts = cache.of('put');
    expect(puts).to.have.length.above(10);
    expect(new Set(puts.map(({ value }) => value))).to.have.property('size', puts.length);
    expect(new Set(puts.map(({ ttlMs }) => ttlMs))).to.deep.equal(new Set([markerTtlMs]));
    for (const { value = '' } of puts) expect(decode(value).type).to.equal('marker');
  });

  it('tries again where the cache does not acknowledge a marker', async () => {
    const { cache, reader, store, settle, pass } = await unsettledWrite();
    let failures = 0;
    cache.script = ({ operation }) => {
      if (operation !== 'put' || failures === 6) return 'answered';
      failures += 1;
      return 'failed';
    };
    for (let elapsed = 0; elapsed < 3 * markerTtlMs; elapsed += storeTimeoutMs / 4) {
      await pass(storeTimeoutMs / 4);
      store.reads = 0;
      await reader.read([key]);
      expect(store.reads, `read from the store after ${elapsed} ms`).to.equal(1);
    }
    expect(failures).to.equal(6);
    settle();
  });

  it('marks again after the commit was settled, for a marker may have been evicted', async () => {
    const { cache, settle } = await unsettledWrite();
    const puts = cache.of('put').length;
    settle();
    await yieldToEventLoop();
    expect(cache.of('put')).to.have.length(puts + 1);
  });
});
