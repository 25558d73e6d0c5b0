import type { Cache } from '../../ports/cache.ts';
import type { Clock, Deadline } from '../../ports/clock.ts';
import type { Diagnosable, Finding } from '../../ports/diagnosis.ts';
import { reasonOf } from '../../ports/errors.ts';
import type { MetaStore } from '../../ports/user-store.ts';
import type { CacheIdentity } from '../freshness/cache-binding.ts';
import type { FreshnessSettings } from '../freshness/settings.ts';

const ROUND_TRIPS = 20;
const DIAGNOSIS_MS = 5000;

/** Reaches everything that the service would use, and tells what is wrong and what to do. Changes nothing. */
export class Doctor {
  readonly #store: MetaStore | undefined;
  readonly #cache: Cache;
  readonly #cacheIdentity: CacheIdentity;
  readonly #adapters: readonly Diagnosable[];
  readonly #clock: Clock;
  readonly #settings: FreshnessSettings;

  /** @param parts without a `store` where there is none yet */
  constructor(parts: {
    store: MetaStore | undefined;
    cache: Cache;
    cacheIdentity: CacheIdentity;
    adapters: readonly Diagnosable[];
    clock: Clock;
    settings: FreshnessSettings;
  }) {
    this.#store = parts.store;
    this.#cache = parts.cache;
    this.#cacheIdentity = parts.cacheIdentity;
    this.#adapters = parts.adapters;
    this.#clock = parts.clock;
    this.#settings = parts.settings;
  }

  async run(): Promise<readonly Finding[]> {
    const findings: Finding[] = [];
    for (const adapter of this.#adapters) {
      findings.push(...(await adapter.diagnose(this.#clock.monotonic() + DIAGNOSIS_MS)));
    }
    const { storeTimeoutMs, cacheTimeoutMs } = this.#settings;
    const store = this.#store;
    if (store !== undefined) {
      findings.push(
        await this.#roundTrips('store', storeTimeoutMs, 'STORE_TIMEOUT_MS', (by) => store.readMeta(by)),
      );
    }
    findings.push(
      await this.#roundTrips('cache', cacheTimeoutMs, 'CACHE_TIMEOUT_MS', (by) =>
        this.#cache.get('doctor', by),
      ),
    );
    if (store !== undefined) findings.push(await this.#binding(store));
    return findings;
  }

  async #roundTrips(
    name: string,
    timeoutMs: number,
    variable: string,
    operation: (deadline: Deadline) => Promise<unknown>,
  ): Promise<Finding> {
    const times: number[] = [];
    let began = 0;
    try {
      for (let trip = 0; trip < ROUND_TRIPS; trip += 1) {
        began = this.#clock.monotonic();
        await operation(began + timeoutMs);
        times.push(this.#clock.monotonic() - began);
      }
    } catch (error) {
      const what = `${name}: ${reasonOf(error)}`;
      // What is refused at once has another reason than the time.
      const isQuick = this.#clock.monotonic() - began < timeoutMs / 2;
      return {
        level: 'problem',
        what,
        ...(isQuick ? {} : { advice: `it must answer within ${variable}=${timeoutMs}` }),
      };
    }
    times.sort((a, b) => a - b);
    const median = times[Math.floor(times.length / 2)] ?? 0;
    const slowest = times.at(-1) ?? 0;
    const what = `${name}: ${ROUND_TRIPS} round trips, median ${median.toFixed(2)} ms, slowest ${slowest.toFixed(2)} ms`;
    return slowest > timeoutMs / 2
      ? {
          level: 'warning',
          what,
          advice: `${variable}=${timeoutMs} leaves little room; move closer, or raise it`,
        }
      : { level: 'ok', what };
  }

  async #binding(store: MetaStore): Promise<Finding> {
    const { description } = this.#cacheIdentity;
    try {
      const meta = await store.readMeta(this.#clock.monotonic() + this.#settings.storeTimeoutMs);
      if (meta === undefined) return { level: 'ok', what: 'pairing: nobody has used this store yet' };
      if (meta.cache === description)
        return {
          level: 'ok',
          what: `pairing: the store's instances use the cache "${description}", as is set here`,
        };
      const what = `pairing: the store's instances use the cache "${meta.cache}", and here "${description}" is set`;
      return store.exclusive
        ? {
            level: 'warning',
            what,
            advice: 'nobody else has the store open; the next start here brings its own setting',
          }
        : { level: 'problem', what, advice: 'use the same cache settings on all instances' };
    } catch (error) {
      return { level: 'problem', what: `pairing: ${reasonOf(error)}` };
    }
  }
}
