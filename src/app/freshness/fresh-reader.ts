import { type Known, type KnownAll, type RecordKey, recordId } from '../../domain/records.ts';
import type { Cache } from '../../ports/cache.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Ids } from '../../ports/ids.ts';
import type { Telemetry } from '../../ports/telemetry.ts';
import type { Meta, RecordReader } from '../../ports/user-store.ts';
import type { CachePairing } from './cache-pairing.ts';
import type { CacheTrust } from './cache-trust.ts';
import { cacheKey, isCached } from './cached-kinds.ts';
import { decode, type Entry, encodeLease, encodeValue } from './entry.ts';
import { type Group, OpenGroups } from './open-groups.ts';
import type { FreshnessSettings } from './settings.ts';
import { valueTtl } from './value-ttl.ts';

/** How often a reader that waits for another one's load looks, within `leaseWaitMs`. */
const POLLS = 5;

/** What one look at the cache found under the keys that nothing has answered yet; `undefined` = nothing was there. */
type Seen = readonly { readonly key: RecordKey; readonly entry: Entry | undefined }[];

/** Leases known to be won, by the id of the record. */
type Won = Map<string, { readonly cacheKey: string; readonly lease: string }>;

/** The read path of the freshness protocol (docs/freshness.md). */
export class FreshReader {
  readonly #store: RecordReader;
  readonly #cache: Cache;
  readonly #pairing: CachePairing;
  readonly #trust: CacheTrust;
  readonly #settings: FreshnessSettings;
  readonly #clock: Clock;
  readonly #ids: Ids;
  readonly #telemetry: Telemetry;

  constructor(parts: {
    store: RecordReader;
    cache: Cache;
    pairing: CachePairing;
    trust: CacheTrust;
    settings: FreshnessSettings;
    clock: Clock;
    ids: Ids;
    telemetry: Telemetry;
  }) {
    this.#store = parts.store;
    this.#cache = parts.cache;
    this.#pairing = parts.pairing;
    this.#trust = parts.trust;
    this.#settings = parts.settings;
    this.#clock = parts.clock;
    this.#ids = parts.ids;
    this.#telemetry = parts.telemetry;
  }

  /**
   * The records as they all were at one instant after this call began.
   * @param keys 1 to `MAX_KEYS`, no key twice
   * @throws {StoreUnavailable}
   */
  async read<const Keys extends readonly RecordKey[]>(keys: Keys): Promise<KnownAll<Keys>> {
    const [known] = await this.readGroups([keys]);
    return known as KnownAll<Keys>;
  }

  /**
   * The same for several groups of records: each as its records all were at one instant, but two groups maybe at two.
   * One look at the cache answers the groups of which it holds every record; the others are read from the store, as many
   * together as one snapshot takes. A failing cache costs time, never an error.
   * @param groups no more than 500 different keys in all
   * @throws {StoreUnavailable}
   */
  async readGroups(groups: readonly Group[]): Promise<readonly (readonly Known[])[]> {
    if (groups.length === 0) return [];
    const open = new OpenGroups(groups);
    const won: Won = open.keys().every(isCached) ? await this.#askCache(open) : new Map();
    await Promise.all(
      open.snapshots().map(async (keys) => {
        const known = await this.readStore(keys);
        open.answerFrom(known);
        this.#fill(won, known);
      }),
    );
    return open.answers();
  }

  /** The same from the store, past the cache. @throws {StoreUnavailable} */
  async readStore<const Keys extends readonly RecordKey[]>(keys: Keys): Promise<KnownAll<Keys>> {
    this.#telemetry.emit({ type: 'store_read', records: keys.length });
    return this.#store.readMany(keys, this.#storeDeadline());
  }

  /** Answers what the cache can, and wins leases for what is missing of the rest. */
  async #askCache(open: OpenGroups): Promise<Won> {
    const meta = await this.#pairing.establish(this.#storeDeadline());
    const seen = await this.#look(meta, open);
    if (seen === undefined) return new Map();
    const { won, onlyLost } = await this.#lease(meta, seen);
    if (onlyLost) await this.#awaitOthers(meta, open);
    return won;
  }

  /** Answers the groups of which the cache holds every record. `undefined` = it failed, or may not be trusted. */
  async #look(meta: Meta, open: OpenGroups): Promise<Seen | undefined> {
    if (!this.#trust.mayTrustCache()) return undefined;
    const keys = open.keys();
    const texts = await this.#tryCache('getMany', () => this.#get(keys.map((key) => cacheKey(meta, key))));
    if (texts === undefined || !this.#trust.mayTrustCache()) return undefined;
    const entries = new Map<string, Entry>();
    const values: Known[] = [];
    for (const [i, key] of keys.entries()) {
      const text = texts[i];
      if (text === undefined) continue;
      const entry = decode(text);
      entries.set(recordId(key), entry);
      if (entry.type === 'value') values.push({ key, version: entry.version, record: entry.record });
    }
    const outcome = values.length === keys.length ? 'hit' : 'miss';
    this.#telemetry.emit({ type: 'cache_operation', operation: 'getMany', outcome });
    open.answerFrom(values);
    return open.keys().map((key) => ({ key, entry: entries.get(recordId(key)) }));
  }

  async #get(cacheKeys: readonly string[]): Promise<(string | undefined)[]> {
    const [only, ...more] = cacheKeys;
    return only !== undefined && more.length === 0
      ? [await this.#cache.get(only, this.#cacheDeadline())]
      : this.#cache.getMany(cacheKeys, this.#cacheDeadline());
  }

  /**
   * Adds a lease for every missing entry, and has all answers before it returns.
   * `onlyLost`: everything that is not a value is being loaded by other readers, so that waiting for them can help.
   */
  async #lease(meta: Meta, seen: Seen): Promise<{ readonly won: Won; readonly onlyLost: boolean }> {
    const won: Won = new Map();
    let onlyLost = seen.length > 0 && seen.every(({ entry }) => entry?.type !== 'marker');
    await Promise.all(
      seen.map(async ({ key, entry }) => {
        if (entry !== undefined) return;
        const at = cacheKey(meta, key);
        const lease = encodeLease(this.#ids.token());
        const added = await this.#tryCache('add', () =>
          this.#cache.add(at, lease, this.#settings.leaseTtlMs, this.#cacheDeadline()),
        );
        if (added === true) won.set(recordId(key), { cacheKey: at, lease });
        if (added !== false) onlyLost = false;
      }),
    );
    return { won, onlyLost };
  }

  /** Waits a little for other readers to fill what is missing. */
  async #awaitOthers(meta: Meta, open: OpenGroups): Promise<void> {
    for (let poll = 0; poll < POLLS; poll += 1) {
      await this.#clock.sleep(this.#settings.leaseWaitMs / POLLS);
      const seen = await this.#look(meta, open);
      if (seen === undefined || seen.length === 0) return;
      if (seen.some(({ entry }) => entry === undefined || entry.type === 'marker')) return;
    }
  }

  /** Only under leases known to be won, each once. How it ends does not matter, so nobody waits for it. */
  #fill(won: Won, known: readonly Known[]): void {
    for (const { key, version, record } of known) {
      const id = recordId(key);
      const mine = won.get(id);
      if (mine === undefined) continue;
      won.delete(id);
      const value = encodeValue(version, record);
      const ttl = valueTtl(record !== undefined, this.#settings, this.#ids);
      void this.#tryCache('replace', () =>
        this.#cache.replace(mine.cacheKey, mine.lease, value, ttl, this.#cacheDeadline()),
      );
    }
  }

  /** `undefined` where it failed; the breaker and the telemetry have learnt of it. */
  async #tryCache<T>(
    operation: 'getMany' | 'add' | 'replace',
    run: () => Promise<T>,
  ): Promise<T | undefined> {
    try {
      return await this.#trust.ask(run);
    } catch (error) {
      this.#telemetry.emit({ type: 'cache_operation', operation, outcome: 'failed', error });
      return undefined;
    }
  }

  #cacheDeadline(): number {
    return this.#clock.monotonic() + this.#settings.cacheTimeoutMs;
  }

  #storeDeadline(): number {
    return this.#clock.monotonic() + this.#settings.storeTimeoutMs;
  }
}
