import { expect } from 'chai';
import { StoreWatch } from '../../../src/app/operations/store-watch.ts';
import { StoreUnavailable } from '../../../src/ports/errors.ts';
import { bindCache } from '../../support/bind-cache.ts';
import { SETTINGS } from '../../support/fresh-stack.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { ScriptedMetaStore } from '../../support/scripted-meta-store.ts';
import { yieldToEventLoop } from '../../support/yield-to-event-loop.ts';

const INTERVAL_MS = 2500;

describe('StoreWatch', () => {
  const clock = new ManualClock();
  const deadline = Number.POSITIVE_INFINITY;

  async function watched(server: string | undefined) {
    const store = new ScriptedMetaStore({ clock });
    store.server = server;
    const binding = bindCache(store);
    await binding.establish(deadline);
    const stop = new AbortController();
    const done = new StoreWatch({ store, binding, clock, settings: SETTINGS }).run(stop.signal);
    const pass = async () => {
      await clock.advance(INTERVAL_MS);
      await yieldToEventLoop();
    };
    return { store, binding, stop, done, pass };
  }

  it('notices a failover of the store although nothing else reads it', async () => {
    const { store, binding, stop, done, pass } = await watched('timeline 1');
    store.server = 'timeline 2';
    store.beforeRead = () => {
      throw new StoreUnavailable('not yet');
    };
    await pass();
    store.beforeRead = () => {};
    await pass();
    expect(await binding.establish(deadline)).to.include({ generation: 2, storeServer: 'timeline 2' });
    stop.abort();
    await done;
  });

  it('does not read a store that cannot fail over', async () => {
    const { store, stop, done, pass } = await watched(undefined);
    const reads = store.deadlines.length;
    await pass();
    await pass();
    expect(store.deadlines).to.have.length(reads);
    stop.abort();
    await done;
  });
});
