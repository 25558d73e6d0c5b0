import { MemoryCache } from '../../src/adapters/caches/memory/memory-cache.ts';
import { MemoryUserStore } from '../../src/adapters/stores/memory/memory-user-store.ts';
import { UuidIds } from '../../src/adapters/system/uuid-ids.ts';
import { encodeValue } from '../../src/app/freshness/cache-entry.ts';
import { EpochKeeper } from '../../src/app/freshness/epochs/epoch-keeper.ts';
import { createFreshness } from '../../src/app/freshness/freshness.ts';
import type { FreshnessParts } from '../../src/app/freshness/freshness-parts.ts';
import { changeOf, put, remove } from '../../src/domain/change.ts';
import { type KeyOf, type Loaded, recordId } from '../../src/domain/records.ts';
import { serverOf } from '../contracts/cache/cache-under-test.ts';
import { aMembership, keyOfMembership } from '../support/accounts.ts';
import { SETTINGS } from '../support/fresh-stack.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { openKey, openMeta } from '../support/open-epoch.ts';
import { yieldToEventLoop } from '../support/yield-to-event-loop.ts';
import { type Party, Recorder, type Step } from './recorder.ts';

export const CACHINGS = ['tutorial', 'protocol'] as const;
export type Caching = (typeof CACHINGS)[number];

interface Client {
  /** Reads the membership. */
  read(): Promise<unknown>;
  /** Removes the membership. */
  remove(): Promise<unknown>;
}

type World = Pick<FreshnessParts, 'store' | 'cache' | 'keeper' | 'clock'> & {
  readonly readsPastCache: boolean;
};

const MEMBERSHIP = aMembership(undefined, undefined, { role: 'Admin' });
const KEY = keyOfMembership(MEMBERSHIP);
const AT = openKey(recordId(KEY));
const plan = ([loaded]: readonly [Loaded<KeyOf<'membership'>>]) => ({
  result: undefined,
  change: changeOf({
    at: '2026-01-01T00:00:00.000Z',
    writes: [remove(loaded)],
    preconditions: [],
    events: [],
  }),
});

/** The code that ships. */
function protocol({ readsPastCache, ...world }: World): Client {
  const { reader, writer } = createFreshness({
    ...world,
    breaker: { mayTrustCache: () => !readsPastCache, execute: (operation) => operation() },
    settings: SETTINGS,
    ids: new UuidIds(),
    telemetry: { emit: () => {} },
  });
  return { read: () => reader.read([KEY]), remove: () => writer.write({ keys: [KEY], plan }) };
}

/** Read-aside and write-aside caching without conditions. */
function tutorial({ store, cache, clock }: World): Client {
  const soon = () => clock.monotonic() + 1000;
  const records = store.on('memory');
  return {
    async read() {
      if ((await cache.get(AT, serverOf(cache), soon())) !== undefined) return;
      const [{ version, record }] = await records.readMany([KEY], soon());
      await cache.put(AT, encodeValue(version, record), SETTINGS.foundTtlMs, serverOf(cache), soon());
    },
    async remove() {
      const { change } = plan(await records.readMany([KEY], soon()));
      await records.commit(change, soon());
      await cache.put(AT, encodeValue(2, undefined), SETTINGS.absentTtlMs, serverOf(cache), soon());
    },
  };
}

/**
 * A reader reads a membership before it is removed and fills the cache after the removal was acknowledged. Only the
 * reader's fill is delayed; the code is unchanged.
 */
export async function race(caching: Caching): Promise<readonly Step[]> {
  const clock = new ManualClock();
  const store = new MemoryUserStore({ clock });
  const cache = new MemoryCache({ clock });
  await store.replaceMeta(undefined, openMeta(serverOf(cache)), 'memory', Number.POSITIVE_INFINITY);
  const keeper = new EpochKeeper({
    store,
    cache,
    identity: { description: 'picture', isPrivate: false, isAbsent: false },
    clock,
    ids: new UuidIds(),
    telemetry: { emit: () => {} },
    settings: SETTINGS,
  });
  await keeper.permit();
  const soon = () => clock.monotonic() + 1000;
  const absent = { key: KEY, version: 0, record: undefined };
  await store.commit({ at: '', writes: [put(absent, MEMBERSHIP)], conditions: [], events: [] }, soon());
  const recorder = new Recorder({
    store,
    cache,
    key: KEY,
    at: AT,
    soon,
  });

  let unlock = () => {};
  const held = new Promise<void>((resolve) => {
    unlock = resolve;
  });
  const client = (party: Party, { fillsWhen = Promise.resolve(), readsPastCache = false } = {}): Client =>
    (caching === 'protocol' ? protocol : tutorial)({
      ...recorder.seenBy(party, fillsWhen),
      keeper,
      clock,
      readsPastCache,
    });

  const reading = client('reader', { fillsWhen: held }).read();
  await yieldToEventLoop();
  await client('writer', { readsPastCache: true }).remove();
  await recorder.note('writer', '204: removed');
  unlock();
  await reading;
  await yieldToEventLoop();
  await client('later reader').read();
  return recorder.steps;
}
