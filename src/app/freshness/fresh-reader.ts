import { type Loaded, type LoadedAll, type RecordKey, recordId } from '../../domain/records.ts';
import { isCached } from './cached-kinds.ts';
import type { CoalescedLoads } from './coalesced-loads.ts';
import type { ConsistencySampler } from './consistency-sampler.ts';
import { loadedFrom } from './entry.ts';
import type { FreshnessParts } from './freshness-parts.ts';
import { type Group, PendingGroups } from './pending-groups.ts';
import { type CacheLookup, type Lease, ReaderCache } from './reader-cache.ts';
import { FIRST_POLL_MS } from './settings.ts';

/** Leases known to be won, by the id of the record. */
type WonLeases = Map<string, Lease>;

/** The read path of the freshness protocol (docs/freshness.md). */
export class FreshReader {
  readonly #parts: FreshnessParts;
  readonly #cache: ReaderCache;
  readonly #loads: CoalescedLoads;
  readonly #sampler: ConsistencySampler;

  constructor(parts: FreshnessParts, loads: CoalescedLoads, sampler: ConsistencySampler) {
    this.#parts = parts;
    this.#cache = new ReaderCache(parts);
    this.#loads = loads;
    this.#sampler = sampler;
  }

  /**
   * The records as they all were at one instant after this call began.
   * @param keys 1 to `MAX_KEYS`, no key twice
   * @throws {StoreUnavailable}
   */
  async read<const Keys extends readonly RecordKey[]>(keys: Keys): Promise<LoadedAll<Keys>> {
    const [loaded] = await this.readGroups([keys]);
    return loaded as LoadedAll<Keys>;
  }

  /**
   * The same for several groups of records: each as its records all were at one instant, but two groups maybe at two.
   * One look at the cache answers the groups of which it holds every record; the others are loaded from the store, as
   * many together as one snapshot takes. A failing cache costs time, never an error.
   * @param groups no more than 500 different keys in all
   * @throws {StoreUnavailable}
   */
  async readGroups(groups: readonly Group[]): Promise<readonly (readonly Loaded[])[]> {
    if (groups.length === 0) return [];
    const began = this.#loads.begin();
    const open = new PendingGroups(groups);
    if (!open.keys().every(isCached)) {
      await this.#readSnapshots(open);
      return open.answers();
    }
    const seen = await this.#look(open);
    const missing = open.groups();
    if (missing.length > 0) {
      const loads = {
        atOnce: (some: readonly Group[]) => this.#load(new PendingGroups(some), seen),
        afterwards: (some: readonly Group[]) => this.#lookAndLoad(new PendingGroups(some)),
      };
      for (const answer of await this.#loads.share(missing, began, loads)) open.answerFrom(answer);
    }
    return open.answers();
  }

  /** The same from the store, past the cache. @throws {StoreUnavailable} */
  async readStore<const Keys extends readonly RecordKey[]>(keys: Keys): Promise<LoadedAll<Keys>> {
    const { store, clock, settings, telemetry } = this.#parts;
    telemetry.emit({ type: 'store_read', records: keys.length });
    return store.readMany(keys, clock.monotonic() + settings.storeTimeoutMs);
  }

  /** Answers the groups of which the cache holds every record. `undefined` = it failed, or may not be trusted. */
  async #look(open: PendingGroups): Promise<readonly CacheLookup[] | undefined> {
    const seen = await this.#cache.look(open.keys());
    if (seen === undefined) return undefined;
    const values = seen.flatMap(({ key, entry }) => loadedFrom(key, entry) ?? []);
    open.answerFrom(values);
    this.#sampler.consider(values);
    return seen;
  }

  /** Whoever loaded the same before will have filled the cache. */
  async #lookAndLoad(open: PendingGroups): Promise<readonly (readonly Loaded[])[]> {
    const seen = await this.#look(open);
    return open.isAnswered ? open.answers() : this.#load(open, seen);
  }

  /** @param seen what a look at the cache has found; `undefined` = the cache may not be used */
  async #load(
    open: PendingGroups,
    seen: readonly CacheLookup[] | undefined,
  ): Promise<readonly (readonly Loaded[])[]> {
    if (seen === undefined) await this.#readSnapshots(open);
    else {
      const { won, onlyLost } = await this.#lease(open, seen);
      if (onlyLost) await this.#awaitOthers(open);
      await this.#readSnapshots(open, won);
    }
    return open.answers();
  }

  /**
   * Adds a lease for every missing entry, and has all answers before it returns.
   * `onlyLost`: everything that is not a value is being loaded by other readers, so that waiting for them can help.
   */
  async #lease(
    open: PendingGroups,
    seen: readonly CacheLookup[],
  ): Promise<{ readonly won: WonLeases; readonly onlyLost: boolean }> {
    const won: WonLeases = new Map();
    const asked = new Set(open.keys().map(recordId));
    const missing = seen.filter(({ key }) => asked.has(recordId(key)));
    let onlyLost = missing.every(({ entry }) => entry?.type !== 'marker');
    await Promise.all(
      missing.map(async ({ key, entry }) => {
        if (entry !== undefined) return;
        const lease = await this.#cache.lease(key);
        if (lease !== undefined && lease !== 'lost') won.set(recordId(key), lease);
        if (lease !== 'lost') onlyLost = false;
      }),
    );
    return { won, onlyLost };
  }

  /** Waits a little for other readers to fill what is missing; looks after ever longer pauses. */
  async #awaitOthers(open: PendingGroups): Promise<void> {
    const { clock, settings } = this.#parts;
    const until = clock.monotonic() + settings.leaseWaitMs;
    let left = settings.leaseWaitMs;
    for (let pause = FIRST_POLL_MS; left > 0; pause *= 2) {
      await clock.sleep(Math.min(pause, left));
      const seen = await this.#look(open);
      if (seen === undefined || open.isAnswered) return;
      if (seen.some(({ entry }) => entry === undefined || entry.type === 'marker')) return;
      left = Math.min(left - pause, until - clock.monotonic());
    }
  }

  /** Reads what is still open, and fills under leases known to be won, each once. */
  async #readSnapshots(open: PendingGroups, won: WonLeases = new Map()): Promise<void> {
    await Promise.all(
      open.snapshots().map(async (keys) => {
        const loaded = await this.readStore(keys);
        open.answerFrom(loaded);
        for (const one of loaded) {
          const id = recordId(one.key);
          const lease = won.get(id);
          won.delete(id);
          if (lease !== undefined) this.#cache.fill(lease, one);
        }
      }),
    );
  }
}
