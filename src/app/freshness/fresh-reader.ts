import type { Known, KnownAll, RecordKey } from '../../domain/records.ts';
import type { Cache } from '../../ports/cache.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Ids } from '../../ports/ids.ts';
import type { Telemetry } from '../../ports/telemetry.ts';
import type { RecordReader } from '../../ports/user-store.ts';
import type { CachePairing } from './cache-pairing.ts';
import type { CacheTrust } from './cache-trust.ts';
import { cacheKey, isCached } from './cached-kinds.ts';
import { decode, type Entry, encodeLease, encodeValue } from './entry.ts';
import type { FreshnessSettings } from './settings.ts';
import { valueTtl } from './value-ttl.ts';

/** How often a reader that waits for another one's load looks, within `leaseWaitMs`. */
const POLLS = 5;

/** An asked-for record's cache entry; `undefined` = there is none. */
type Seen = readonly (Entry | undefined)[];

/** What came of asking for leases: those known to be won, by position, and whether waiting for others can help. */
interface Leases {
  readonly won: ReadonlyMap<number, string>;
  readonly onlyLost: boolean;
}

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
   * The records as they all were at one instant after this call began. Values in the cache are the answer only where
   * every one of them is there; a failing cache costs time, never an error.
   * @param keys 1 to `MAX_KEYS`, no key twice
   * @throws {StoreUnavailable}
   */
  async read<const Keys extends readonly RecordKey[]>(keys: Keys): Promise<KnownAll<Keys>> {
    if (!keys.every(isCached)) return this.readStore(keys);
    const meta = await this.#pairing.establish(this.#storeDeadline());
    const cacheKeys = keys.map((key) => cacheKey(meta, key));

    const seen = await this.#look(cacheKeys);
    if (seen === undefined) return this.readStore(keys);
    const answer = allValues(keys, seen);
    if (answer !== undefined) return answer;

    const leases = await this.#lease(cacheKeys, seen);
    if (leases.onlyLost) {
      const others = await this.#awaitOthers(keys, cacheKeys);
      if (others !== undefined) return others;
    }
    const known = await this.readStore(keys);
    this.#fill(cacheKeys, leases.won, known);
    return known;
  }

  /** The same from the store, past the cache. @throws {StoreUnavailable} */
  async readStore<const Keys extends readonly RecordKey[]>(keys: Keys): Promise<KnownAll<Keys>> {
    this.#telemetry.emit({ type: 'store_read', records: keys.length });
    return this.#store.readMany(keys, this.#storeDeadline());
  }

  /** What the cache holds; `undefined` where it failed or may not be trusted. */
  async #look(cacheKeys: readonly string[]): Promise<Seen | undefined> {
    if (!this.#trust.mayTrustCache()) return undefined;
    const texts = await this.#tryCache('getMany', () => this.#get(cacheKeys));
    if (texts === undefined || !this.#trust.mayTrustCache()) return undefined;
    const seen = texts.map((text) => (text === undefined ? undefined : decode(text)));
    const hit = seen.every((entry) => entry?.type === 'value');
    this.#telemetry.emit({ type: 'cache_operation', operation: 'getMany', outcome: hit ? 'hit' : 'miss' });
    return seen;
  }

  async #get(cacheKeys: readonly string[]): Promise<(string | undefined)[]> {
    const [only, ...more] = cacheKeys;
    return only !== undefined && more.length === 0
      ? [await this.#cache.get(only, this.#cacheDeadline())]
      : this.#cache.getMany(cacheKeys, this.#cacheDeadline());
  }

  /** Adds a lease for every missing entry, and has all answers before it returns. */
  async #lease(cacheKeys: readonly string[], seen: Seen): Promise<Leases> {
    const won = new Map<number, string>();
    let onlyLost = seen.every((entry) => entry?.type !== 'marker');
    await Promise.all(
      cacheKeys.map(async (key, i) => {
        if (seen[i] !== undefined) return;
        const lease = encodeLease(this.#ids.token());
        const added = await this.#tryCache('add', () =>
          this.#cache.add(key, lease, this.#settings.leaseTtlMs, this.#cacheDeadline()),
        );
        if (added === true) won.set(i, lease);
        if (added !== false) onlyLost = false;
      }),
    );
    return { won, onlyLost };
  }

  /** Waits a little until other readers have filled everything; `undefined` where they have not. */
  async #awaitOthers<const Keys extends readonly RecordKey[]>(
    keys: Keys,
    cacheKeys: readonly string[],
  ): Promise<KnownAll<Keys> | undefined> {
    for (let poll = 0; poll < POLLS; poll += 1) {
      await this.#clock.sleep(this.#settings.leaseWaitMs / POLLS);
      const seen = await this.#look(cacheKeys);
      if (seen === undefined) return undefined;
      const answer = allValues(keys, seen);
      if (answer !== undefined) return answer;
      if (seen.some((entry) => entry === undefined || entry.type === 'marker')) return undefined;
    }
    return undefined;
  }

  /** Only under leases known to be won. How it ends does not matter, so nobody waits for it. */
  #fill(cacheKeys: readonly string[], won: ReadonlyMap<number, string>, known: readonly Known[]): void {
    for (const [i, lease] of won) {
      const key = cacheKeys[i];
      const entry = known[i];
      if (key === undefined || entry === undefined) continue;
      const value = encodeValue(entry.version, entry.record);
      const ttl = valueTtl(entry.record !== undefined, this.#settings, this.#ids);
      void this.#tryCache('replace', () =>
        this.#cache.replace(key, lease, value, ttl, this.#cacheDeadline()),
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

/** The answer, if every entry is a value. */
function allValues<const Keys extends readonly RecordKey[]>(
  keys: Keys,
  seen: Seen,
): KnownAll<Keys> | undefined {
  const known: Known[] = [];
  for (const [i, key] of keys.entries()) {
    const entry = seen[i];
    if (entry?.type !== 'value') return undefined;
    known.push({ key, version: entry.version, record: entry.record });
  }
  return known as readonly Known[] as KnownAll<Keys>;
}
