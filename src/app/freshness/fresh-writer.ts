import { type Change, type Plan, versionAfter, type Write } from '../../domain/change.ts';
import { type Known, type KnownAll, type RecordKey, recordId } from '../../domain/records.ts';
import type { Cache } from '../../ports/cache.ts';
import type { Clock } from '../../ports/clock.ts';
import { CacheUnavailable, Conflict, OutcomeUnknown } from '../../ports/errors.ts';
import type { Ids } from '../../ports/ids.ts';
import type { Telemetry } from '../../ports/telemetry.ts';
import type { Committer } from '../../ports/user-store.ts';
import type { CachePairing } from './cache-pairing.ts';
import { cacheKey, isCached } from './cached-kinds.ts';
import { encodeMarker, encodeValue } from './entry.ts';
import type { FreshReader } from './fresh-reader.ts';
import { type FreshnessSettings, MARK_ATTEMPTS, PLAN_ATTEMPTS } from './settings.ts';
import { valueTtl } from './value-ttl.ts';

/** A record about to be changed, with the marker that the cache has acknowledged. */
interface Marked {
  readonly write: Write;
  readonly key: string;
  readonly marker: string;
  /** When the acknowledged attempt was sent, on `Clock.monotonic`. */
  readonly sentAt: number;
}

/** The write path of the freshness protocol (docs/freshness.md). */
export class FreshWriter {
  readonly #store: Committer;
  readonly #cache: Cache;
  readonly #reader: FreshReader;
  readonly #pairing: CachePairing;
  readonly #settings: FreshnessSettings;
  readonly #clock: Clock;
  readonly #ids: Ids;
  readonly #telemetry: Telemetry;

  constructor(parts: {
    store: Committer;
    cache: Cache;
    reader: FreshReader;
    pairing: CachePairing;
    settings: FreshnessSettings;
    clock: Clock;
    ids: Ids;
    telemetry: Telemetry;
  }) {
    this.#store = parts.store;
    this.#cache = parts.cache;
    this.#reader = parts.reader;
    this.#pairing = parts.pairing;
    this.#settings = parts.settings;
    this.#clock = parts.clock;
    this.#ids = parts.ids;
    this.#telemetry = parts.telemetry;
  }

  /**
   * Know and plan, mark, commit, publish. When it returns, no read that starts afterwards, on any instance, sees what
   * was there before. A refusal, or a plan without a change, marks nothing.
   * @param plan pure; called again with what the store holds whenever a record has moved
   * @param furtherKeys pure; what else the plan needs, as can be told only from the records of `keys`, no key twice.
   *   The plan gets it as `further`, true together with them
   * @throws whatever `plan` refuses with, `CacheUnavailable` or `StoreUnavailable` (nothing written), `OutcomeUnknown`,
   *   `Conflict` after a few tries
   */
  async write<const Keys extends readonly RecordKey[], Result>(
    keys: Keys,
    plan: (known: KnownAll<Keys>, further: readonly Known[]) => Plan<Result>,
    furtherKeys: (known: KnownAll<Keys>) => readonly RecordKey[] = () => [],
  ): Promise<Result> {
    let [known, further] = await this.#know(keys, furtherKeys, (all) => this.#reader.read(all));
    for (let attempt = 1; ; attempt += 1) {
      const { change, result } = plan(known, further);
      if (change === undefined) return result;
      try {
        await this.#apply(change);
        return result;
      } catch (error) {
        if (!(error instanceof Conflict) || attempt === PLAN_ATTEMPTS) throw error;
      }
      [known, further] = await this.#know(keys, furtherKeys, (all) => this.#reader.readStore(all));
    }
  }

  /**
   * Everything that a plan needs, as it all was at one instant: read again until the records of `keys` ask for nothing
   * that was not read with them.
   */
  async #know<const Keys extends readonly RecordKey[]>(
    keys: Keys,
    furtherKeys: (known: KnownAll<Keys>) => readonly RecordKey[],
    read: (all: readonly RecordKey[]) => Promise<readonly Known[]>,
  ): Promise<readonly [known: KnownAll<Keys>, further: readonly Known[]]> {
    let more: readonly RecordKey[] = [];
    for (let attempt = 1; ; attempt += 1) {
      const all = await read([...keys, ...more]);
      const known = all.slice(0, keys.length) as readonly Known[] as KnownAll<Keys>;
      const asked = furtherKeys(known);
      const [unread] = unknownOf(asked, all);
      if (unread === undefined) return [known, all.slice(keys.length)];
      if (attempt === PLAN_ATTEMPTS) throw new Conflict(unread);
      more = unknownOf(asked, known);
    }
  }

  /** Nobody ever removes a marker: where this fails, the markers stay until they expire. */
  async #apply(change: Change): Promise<void> {
    const marked = await this.#mark(change);
    const since = Math.min(this.#clock.monotonic(), ...marked.map(({ sentAt }) => sentAt));
    await this.#store.commit(change, since + this.#settings.storeTimeoutMs);
    await this.#publish(marked);
  }

  /** @throws {CacheUnavailable} Not every record that is about to change is marked; nothing was written. */
  async #mark(change: Change): Promise<Marked[]> {
    const meta = await this.#pairing.establish(this.#clock.monotonic() + this.#settings.storeTimeoutMs);
    return Promise.all(
      change.writes
        .filter(({ key }) => isCached(key))
        .map(async (write) => {
          const key = cacheKey(meta, write.key);
          return { write, key, ...(await this.#putMarker(key)) };
        }),
    );
  }

  async #putMarker(key: string): Promise<{ marker: string; sentAt: number }> {
    let failure: unknown;
    for (let attempt = 0; attempt < MARK_ATTEMPTS; attempt += 1) {
      const marker = encodeMarker(this.#ids.token());
      const sentAt = this.#clock.monotonic();
      try {
        await this.#cache.put(
          key,
          marker,
          this.#settings.markerTtlMs,
          sentAt + this.#settings.cacheTimeoutMs,
        );
        this.#telemetry.emit({ type: 'cache_operation', operation: 'put', outcome: 'done' });
        return { marker, sentAt };
      } catch (error) {
        failure = error;
        this.#telemetry.emit({ type: 'cache_operation', operation: 'put', outcome: 'failed', error });
      }
    }
    throw new CacheUnavailable('The cache did not acknowledge that a record is about to change.', {
      cause: failure,
    });
  }

  /** @throws {OutcomeUnknown} The change is made, but some instance may not see it until the markers expire. */
  async #publish(marked: readonly Marked[]): Promise<void> {
    await Promise.all(
      marked.map(async (mark) => {
        if (await this.#replaceMarker(mark)) return;
        try {
          await this.#putMarker(mark.key);
        } catch (cause) {
          throw new OutcomeUnknown('The change was made, but may not be seen everywhere yet.', { cause });
        }
      }),
    );
  }

  /** `true` = acknowledged; otherwise another entry stands there, or nobody knows which. */
  async #replaceMarker({ write, key, marker }: Marked): Promise<boolean> {
    const value = encodeValue(versionAfter(write), write.record);
    const ttl = valueTtl(write.record !== undefined, this.#settings, this.#ids);
    const deadline = this.#clock.monotonic() + this.#settings.cacheTimeoutMs;
    try {
      const done = await this.#cache.replace(key, marker, value, ttl, deadline);
      const outcome = done ? 'done' : 'refused';
      this.#telemetry.emit({ type: 'cache_operation', operation: 'replace', outcome });
      return done;
    } catch (error) {
      this.#telemetry.emit({ type: 'cache_operation', operation: 'replace', outcome: 'failed', error });
      return false;
    }
  }
}

/** The keys of which nothing is known. */
function unknownOf(keys: readonly RecordKey[], known: readonly Known[]): readonly RecordKey[] {
  const ids = new Set(known.map(({ key }) => recordId(key)));
  return keys.filter((key) => !ids.has(recordId(key)));
}
