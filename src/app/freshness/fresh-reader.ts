import { type Loaded, type LoadedAll, type RecordKey, recordId } from '../../domain/records.ts';
import type { StoreServer } from '../../ports/epoch.ts';
import { loadedFrom } from './cache-entry.ts';
import { isCached } from './cache-key.ts';
import type { CoalescedLoads } from './coalesced-loads.ts';
import type { ConsistencySampler } from './consistency-sampler.ts';
import { PermittedStore } from './epochs/permitted-store.ts';
import type { FreshnessParts, FreshnessStore } from './freshness-parts.ts';
import { FIRST_POLL_MS } from './freshness-settings.ts';
import { type Group, PendingGroups } from './pending-groups.ts';
import { type Lease, type Look, ReaderCache } from './reader-cache.ts';

/** Leases whose acquisition was acknowledged, by record id. */
type AcquiredLeases = Map<string, Lease>;

/** The read path of the freshness protocol (docs/freshness.md). */
export class FreshReader {
  readonly #parts: FreshnessParts;
  readonly #store: PermittedStore<FreshnessStore>;
  readonly #cache: ReaderCache;
  readonly #loads: CoalescedLoads;
  readonly #sampler: ConsistencySampler;

  constructor(parts: FreshnessParts, loads: CoalescedLoads, sampler: ConsistencySampler) {
    this.#parts = parts;
    this.#store = new PermittedStore(parts.store, parts.keeper);
    this.#cache = new ReaderCache(parts);
    this.#loads = loads;
    this.#sampler = sampler;
  }

  /**
   * The records as they all were at one instant after this call began.
   * @param keys 1 to `MAX_KEYS`, distinct
   * @throws {StoreUnavailable}
   */
  async read<const Keys extends readonly RecordKey[]>(keys: Keys): Promise<LoadedAll<Keys>> {
    const [loaded] = await this.readGroups([keys]);
    return loaded as LoadedAll<Keys>;
  }

  /**
   * The same for several groups of records. The records of one group are from one instant; different groups may be from
   * different instants. One cache lookup answers the groups whose records are all cached; the others are loaded from the
   * store, with as many groups in one snapshot as fit. A failing cache costs time but never causes an error.
   * @param groups at most 500 distinct keys in total
   * @throws {StoreUnavailable}
   */
  async readGroups(groups: readonly Group[]): Promise<readonly (readonly Loaded[])[]> {
    if (groups.length === 0) return [];
    const began = this.#loads.begin();
    const pending = new PendingGroups(groups);
    if (!pending.keys().every(isCached)) {
      await this.#readSnapshots(pending);
      return pending.answers();
    }
    const look = await this.#lookUp(pending);
    const missing = pending.groups();
    if (missing.length > 0) {
      const loads = {
        loadNow: (idle: readonly Group[]) => this.#load(new PendingGroups(idle), look),
        loadAfter: (busy: readonly Group[]) => this.#lookUpAndLoad(new PendingGroups(busy)),
      };
      for (const answer of await this.#loads.coalesce(missing, began, loads)) pending.answerFrom(answer);
    }
    return pending.answers();
  }

  /** As `read`, but bypasses the cache. @throws {StoreUnavailable} */
  async readStore<const Keys extends readonly RecordKey[]>(keys: Keys): Promise<LoadedAll<Keys>> {
    return (await this.#readSnapshot(keys)).answer;
  }

  #readSnapshot<const Keys extends readonly RecordKey[]>(
    keys: Keys,
  ): Promise<{ answer: LoadedAll<Keys>; storeServer: StoreServer }> {
    const { clock, settings, telemetry } = this.#parts;
    telemetry.emit({ type: 'store_read', records: keys.length });
    return this.#store.read((store) => store.readMany(keys, clock.monotonic() + settings.storeTimeoutMs));
  }

  /** Answers the groups whose records are all cached. `undefined` = the cache must not be believed. */
  async #lookUp(pending: PendingGroups): Promise<Look | undefined> {
    const look = await this.#cache.lookUp(pending.keys());
    if (look === undefined) return undefined;
    const values = look.lookups.flatMap(({ key, entry }) => loadedFrom(key, entry) ?? []);
    pending.answerFrom(values);
    this.#sampler.sample(values, look);
    return look;
  }

  /** The read that loaded the same groups before has usually filled the cache. */
  async #lookUpAndLoad(pending: PendingGroups): Promise<readonly (readonly Loaded[])[]> {
    const look = await this.#lookUp(pending);
    return pending.isAnswered ? pending.answers() : this.#load(pending, look);
  }

  /** @param look `undefined` = the cache must not be used */
  async #load(pending: PendingGroups, look: Look | undefined): Promise<readonly (readonly Loaded[])[]> {
    if (look === undefined) await this.#readSnapshots(pending);
    else {
      const { acquired, onlyHeldByOthers } = await this.#lease(pending, look);
      if (onlyHeldByOthers) await this.#awaitOtherReaders(pending);
      await this.#readSnapshots(pending, acquired);
    }
    return pending.answers();
  }

  /**
   * Adds a lease for every missing entry and awaits all replies.
   * @returns `onlyHeldByOthers`: other readers are loading everything that is not a value, so waiting for them can help
   */
  async #lease(
    pending: PendingGroups,
    look: Look,
  ): Promise<{ readonly acquired: AcquiredLeases; readonly onlyHeldByOthers: boolean }> {
    const acquired: AcquiredLeases = new Map();
    const pendingIds = new Set(pending.keys().map(recordId));
    const missing = look.lookups.filter(({ key }) => pendingIds.has(recordId(key)));
    let onlyHeldByOthers = missing.every(({ entry }) => entry?.type !== 'marker');
    await Promise.all(
      missing.map(async ({ key, entry }) => {
        if (entry !== undefined) return;
        const lease = await this.#cache.lease(key, look);
        if (lease !== undefined && lease !== 'lost') acquired.set(recordId(key), lease);
        if (lease !== 'lost') onlyHeldByOthers = false;
      }),
    );
    return { acquired, onlyHeldByOthers };
  }

  /** Waits for other readers to fill the missing entries, and polls with increasing delays. */
  async #awaitOtherReaders(pending: PendingGroups): Promise<void> {
    const { clock, settings } = this.#parts;
    const deadline = clock.monotonic() + settings.leaseWaitMs;
    let left = settings.leaseWaitMs;
    for (let delay = FIRST_POLL_MS; left > 0; delay *= 2) {
      await clock.sleep(Math.min(delay, left));
      const look = await this.#lookUp(pending);
      if (look === undefined || pending.isAnswered) return;
      if (look.lookups.some(({ entry }) => entry === undefined || entry.type === 'marker')) return;
      left = Math.min(left - delay, deadline - clock.monotonic());
    }
  }

  /** Reads the pending groups from the store and fills the cache under each acknowledged lease once. */
  async #readSnapshots(pending: PendingGroups, acquired: AcquiredLeases = new Map()): Promise<void> {
    await Promise.all(
      pending.snapshots().map(async (keys) => {
        const { answer: loaded, storeServer } = await this.#readSnapshot(keys);
        pending.answerFrom(loaded);
        for (const record of loaded) {
          const id = recordId(record.key);
          const lease = acquired.get(id);
          acquired.delete(id);
          if (lease?.storeServer === storeServer) this.#cache.fill(lease, record);
        }
      }),
    );
  }
}
