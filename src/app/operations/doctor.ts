import type { Cache } from '../../ports/cache.ts';
import type { Clock, Deadline } from '../../ports/clock.ts';
import type { Diagnosable, Finding } from '../../ports/diagnosis.ts';
import { reasonOf } from '../../ports/errors.ts';
import type { MetaStore } from '../../ports/meta-store.ts';
import type { CacheIdentity } from '../freshness/epochs/cache-identity.ts';
import type { FreshnessSettings } from '../freshness/freshness-settings.ts';
import { epochFindings } from './epoch-findings.ts';

const ROUND_TRIPS = 20;
const DIAGNOSIS_MS = 5000;

/** The part of a store that the doctor needs. */
export type InspectedStore = Pick<MetaStore, 'readMeta' | 'exclusive'>;

interface DoctorParts {
  /** `undefined` = the store does not exist yet. */
  readonly store: InspectedStore | undefined;
  readonly storeDiagnosis: Diagnosable | undefined;
  readonly cache: Cache;
  readonly cacheDiagnosis: Diagnosable | undefined;
  readonly cacheIdentity: CacheIdentity;
  readonly clock: Clock;
  readonly settings: FreshnessSettings;
}

/** Connects to the store and the cache, and reports problems with their solutions. Changes nothing. */
export class Doctor {
  readonly #parts: DoctorParts;

  constructor(parts: DoctorParts) {
    this.#parts = parts;
  }

  async run(): Promise<readonly Finding[]> {
    const { store, storeDiagnosis, cache, cacheDiagnosis, cacheIdentity } = this.#parts;
    const { storeTimeoutMs, cacheTimeoutMs } = this.#parts.settings;
    const aboutStore = await this.#diagnose(storeDiagnosis);
    const aboutCache = await this.#diagnose(cacheDiagnosis);
    const findings = [...aboutStore, ...aboutCache];
    let isStoreUp = false;
    if (store !== undefined) {
      const trips = await this.#roundTrips('store', storeTimeoutMs, 'STORE_TIMEOUT_MS', (deadline) =>
        store.readMeta(deadline),
      );
      isStoreUp = trips.level !== 'problem';
      if (isNew(trips, aboutStore)) findings.push(trips);
    }
    if (!cacheIdentity.isAbsent) {
      const trips = await this.#roundTrips('cache', cacheTimeoutMs, 'CACHE_TIMEOUT_MS', (deadline) =>
        cache.get('doctor', cache.server()?.id ?? 'unknown', deadline),
      );
      if (isNew(trips, aboutCache)) findings.push(trips);
    }
    if (store !== undefined && isStoreUp) findings.push(...(await this.#epoch(store)));
    return findings;
  }

  async #diagnose(adapter: Diagnosable | undefined): Promise<readonly Finding[]> {
    return adapter === undefined ? [] : adapter.diagnose(this.#parts.clock.monotonic() + DIAGNOSIS_MS);
  }

  async #roundTrips(
    name: string,
    timeoutMs: number,
    variable: string,
    operation: (deadline: Deadline) => Promise<unknown>,
  ): Promise<Finding> {
    const { clock } = this.#parts;
    const times: number[] = [];
    let began = 0;
    try {
      for (let trip = 0; trip < ROUND_TRIPS; trip += 1) {
        began = clock.monotonic();
        await operation(began + timeoutMs);
        times.push(clock.monotonic() - began);
      }
    } catch (error) {
      const what = `${name}: ${reasonOf(error)}`;
      // A quick failure has a cause other than the timeout.
      const isQuick = clock.monotonic() - began < timeoutMs / 2;
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
    if (slowest <= timeoutMs / 2) return { level: 'ok', what };
    const advice = `this is close to ${variable}=${timeoutMs}; run the service nearer to the ${name}, or raise ${variable}`;
    return { level: 'warning', what, advice };
  }

  async #epoch(store: InspectedStore): Promise<readonly Finding[]> {
    const { cache, cacheIdentity, clock, settings } = this.#parts;
    try {
      const answer = await store.readMeta(clock.monotonic() + settings.storeTimeoutMs);
      return epochFindings(answer, cacheIdentity, cache.server(), clock.now());
    } catch (error) {
      return [{ level: 'problem', what: `epoch: ${reasonOf(error)}` }];
    }
  }
}

/** A failure of the round trips has the cause that the adapter's own diagnosis has already reported. */
function isNew(trips: Finding, diagnosis: readonly Finding[]): boolean {
  return trips.level !== 'problem' || !diagnosis.some(({ level }) => level === 'problem');
}
