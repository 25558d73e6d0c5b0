import { expect } from 'chai';
import { changeOf, put } from '../../../src/domain/change.ts';
import { type KeyOf, type Loaded, userKey } from '../../../src/domain/records.ts';
import { aUser, text, uniqueUsername } from '../../support/accounts.ts';
import { freshInstance, freshStack, SETTINGS } from '../../support/fresh-stack.ts';
import type { CacheCall, CallOutcome } from '../../support/scripted-cache.ts';
import { yieldToEventLoop } from '../../support/yield-to-event-loop.ts';

const user = aUser({ username: uniqueUsername() });
const key = userKey(user.username);

/** Writes the user with a first name that identifies the change. */
const naming =
  (firstName: string) =>
  ([loaded]: readonly [Loaded<KeyOf<'user'>>]) => ({
    result: undefined,
    change: changeOf({
      at: '2026-01-01T00:00:00.000Z',
      writes: [put(loaded, { ...user, firstName: text(firstName) })],
      preconditions: [],
      events: [],
    }),
  });

/** A promise that the test resolves. */
function gate() {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open, opened };
}

const MAX_STEPS = 1000;

/** Repeats a step until a condition holds. @throws if it does not hold after `MAX_STEPS` steps */
async function stepUntil(what: string, holds: () => boolean, step: () => Promise<unknown>) {
  for (let steps = 0; !holds(); steps += 1) {
    if (steps === MAX_STEPS) throw new Error(`Not after ${MAX_STEPS} steps: ${what}.`);
    await step();
  }
}

describe('concurrent reads', () => {
  it('of one uncached record on four instances cause one store read', async () => {
    const stack = freshStack({ leaseWaitMs: 10_000 });
    const { store, clock } = stack;
    const instances = [stack, freshInstance(stack), freshInstance(stack), freshInstance(stack)];
    const { open, opened } = gate();
    store.beforeRead = () => opened;
    const reads = instances.flatMap(({ reader }) => Array.from({ length: 250 }, () => reader.read([key])));
    const areWaiting = () =>
      instances.every(({ cache }) => cache.of('add').length === 1) && clock.sleepers === instances.length - 1;
    await stepUntil('one instance reads the store and the others wait for it', areWaiting, yieldToEventLoop);
    open();
    const isOver = () => store.reads > 0 && clock.sleepers === 0;
    await stepUntil('no read is waiting', isOver, async () => {
      await clock.advance(1);
      await yieldToEventLoop();
    });
    const answers = await Promise.all(reads);
    expect(answers).to.have.length(1000);
    expect(new Set(answers.map(([loaded]) => loaded.version))).to.deep.equal(new Set([0]));
    expect(store.reads).to.equal(1);
  });

  it('never share a load that began before a write which was acknowledged before the read', async () => {
    const stack = freshStack();
    const { reader, store, cache } = stack;
    const { writer } = freshInstance(stack);
    await writer.write({ keys: [key], plan: naming('Before') });
    // All cache reads fail, so that every read loads from the store.
    cache.script = ({ operation }) =>
      operation === 'getMany' || operation === 'get' ? 'failed' : 'answered';
    const { open, opened } = gate();
    const { readMany } = store;
    store.readMany = async (keys, deadline) => {
      const loaded = await readMany.call(store, keys, deadline);
      await opened;
      return loaded as never;
    };
    const early = reader.read([key]);
    await yieldToEventLoop();
    store.readMany = readMany;
    await writer.write({ keys: [key], plan: naming('After') });
    const late = reader.read([key]);
    await yieldToEventLoop();
    open();
    expect((await early)[0].record?.firstName).to.equal('Before');
    expect((await late)[0].record?.firstName).to.equal('After');
  });

  it('that had to wait for an earlier load are answered from the cache that it has filled', async () => {
    const { reader, store } = freshStack();
    const { open, opened } = gate();
    store.beforeRead = () => opened;
    const early = reader.read([key]);
    await stepUntil('the store is read', () => store.reads === 1, yieldToEventLoop);
    const answered: number[] = [];
    for (let n = 0; n < 100; n += 1) reader.read([key]).then(([{ version }]) => answered.push(version));
    await yieldToEventLoop();
    open();
    await early;
    await yieldToEventLoop();
    expect(answered, 'answered without a second load').to.deep.equal(Array.from({ length: 100 }, () => 0));
    expect(store.reads).to.equal(1);
  });
});

describe('a cache that hangs for a minute', () => {
  const TICK_MS = 50;
  const READS_PER_TICK = 20;

  /** Every cache operation times out at its deadline. */
  function hangingStack() {
    const stack = freshStack();
    const { cache, clock, reader } = stack;
    const hanging = { pending: 0 };
    cache.script = async ({ deadline }: CacheCall): Promise<CallOutcome> => {
      hanging.pending += 1;
      await clock.sleep(deadline - clock.monotonic());
      hanging.pending -= 1;
      return 'failed';
    };
    const read = () => Promise.all(Array.from({ length: READS_PER_TICK }, () => reader.read([key])));
    return { ...stack, hanging, read };
  }

  it('delays a read by at most one cache timeout until the circuit breaker opens, and not at all afterwards', async () => {
    const { clock, cache, read } = hangingStack();
    const began = clock.monotonic();
    const first = read();
    await yieldToEventLoop();
    await clock.advance(SETTINGS.cacheTimeoutMs);
    await first;
    expect(clock.monotonic() - began).to.equal(SETTINGS.cacheTimeoutMs);
    const asked = cache.calls.length;
    for (let n = 0; n < 100; n += 1) await read();
    expect(clock.monotonic() - began, 'elapsed while the breaker was open').to.equal(SETTINGS.cacheTimeoutMs);
    expect(cache.calls.length, 'cache operations').to.equal(asked);
    await clock.advance(1000);
    const probing = clock.monotonic();
    for (let n = 0; n < 100; n += 1) await read();
    expect(clock.monotonic() - probing, 'elapsed during the probe').to.equal(0);
    expect(cache.calls.length - asked, 'one probe').to.equal(1);
  });

  it('causes no backlog: pending operations are limited to those of one timeout, then to one probe', async () => {
    const { clock, cache, hanging, read, store } = hangingStack();
    const running: Promise<unknown>[] = [];
    const loadNow = (READS_PER_TICK * SETTINGS.cacheTimeoutMs) / TICK_MS;
    const probes = () => cache.calls.length - loadNow;
    for (let elapsed = 0; elapsed < 60_000; elapsed += TICK_MS) {
      running.push(read());
      await yieldToEventLoop();
      const isOpen = elapsed > 2 * SETTINGS.cacheTimeoutMs;
      expect(hanging.pending, `pending after ${elapsed} ms`).to.be.at.most(isOpen ? 1 : loadNow);
      expect(probes(), `probes after ${elapsed} ms`).to.be.at.most(elapsed / 1000);
      await clock.advance(TICK_MS);
    }
    await Promise.all(running);
    expect(probes()).to.be.at.least(50);
    expect(clock.sleepers, 'remaining sleepers').to.be.at.most(1);
    expect(store.reads, 'store reads, fewer than reads').to.be.below((60_000 / TICK_MS) * READS_PER_TICK);
  });

  it('is used again after it recovers', async () => {
    const { clock, cache, read, signals, store } = hangingStack();
    const first = read();
    await yieldToEventLoop();
    await clock.advance(SETTINGS.cacheTimeoutMs);
    await first;
    cache.script = () => 'answered';
    const isTrusted = () => signals.some((signal) => signal.type === 'cache_circuit_breaker' && !signal.open);
    await stepUntil('the circuit breaker is closed', isTrusted, async () => {
      await read();
      await clock.advance(SETTINGS.cacheTimeoutMs);
    });
    await read();
    await yieldToEventLoop();
    store.reads = 0;
    await read();
    expect(store.reads).to.equal(0);
  });
});
