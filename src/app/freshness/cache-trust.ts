import {
  type CircuitBreakerPolicy,
  CircuitState,
  ConsecutiveBreaker,
  circuitBreaker,
  handleAll,
} from 'cockatiel';
import type { Cache } from '../../ports/cache.ts';
import type { Clock } from '../../ports/clock.ts';
import { CacheUnavailable } from '../../ports/errors.ts';
import type { Telemetry } from '../../ports/telemetry.ts';

const FAILURES_IN_A_ROW = 5;
const PROBE_KEY = 'probe';

/**
 * Whether reads may ask the cache: not while it keeps failing. Then it is probed beside the reads,
 * so that no read waits for a dead cache.
 */
export class CacheTrust {
  readonly #cache: Cache;
  readonly #clock: Clock;
  readonly #timeoutMs: number;
  readonly #breaker: CircuitBreakerPolicy;
  #probing = false;

  constructor(parts: {
    cache: Cache;
    clock: Clock;
    timeoutMs: number;
    telemetry: Telemetry;
    probeAfterMs?: number;
  }) {
    this.#cache = parts.cache;
    this.#clock = parts.clock;
    this.#timeoutMs = parts.timeoutMs;
    this.#breaker = circuitBreaker(handleAll, {
      halfOpenAfter: parts.probeAfterMs ?? 1000,
      breaker: new ConsecutiveBreaker(FAILURES_IN_A_ROW),
    });
    const { telemetry } = parts;
    this.#breaker.onBreak(() => telemetry.emit({ type: 'cache_trust', trusted: false }));
    this.#breaker.onReset(() => telemetry.emit({ type: 'cache_trust', trusted: true }));
  }

  /** Asked before and after every cache read. */
  mayTrustCache(): boolean {
    if (this.#breaker.state === CircuitState.Closed) return true;
    this.#probe();
    return false;
  }

  /** Runs a cache operation and learns from how it ends. @throws {CacheUnavailable} at once while there is no trust */
  async ask<T>(operation: () => Promise<T>): Promise<T> {
    if (this.#breaker.state !== CircuitState.Closed) {
      throw new CacheUnavailable('The cache keeps failing and is not asked now.');
    }
    return this.#breaker.execute(operation);
  }

  /** Refused by the breaker itself until it is time. */
  #probe(): void {
    if (this.#probing) return;
    this.#probing = true;
    this.#breaker
      .execute(() => this.#cache.get(PROBE_KEY, this.#clock.monotonic() + this.#timeoutMs))
      .catch(() => undefined)
      .finally(() => {
        this.#probing = false;
      });
  }
}
