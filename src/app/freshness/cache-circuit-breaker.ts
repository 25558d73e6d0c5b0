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
const PROBE_AFTER_MS = 1000;
const PROBE_KEY = 'probe';

/**
 * Whether reads may ask the cache: not while it keeps failing. Then it is probed beside the reads,
 * so that no read waits for a dead cache.
 */
export class CacheCircuitBreaker {
  readonly #cache: Cache;
  readonly #clock: Clock;
  readonly #timeoutMs: number;
  readonly #breaker: CircuitBreakerPolicy;
  /** On `Clock.monotonic`; never while a probe is under way. */
  #nextProbe = Number.POSITIVE_INFINITY;

  constructor(parts: { cache: Cache; clock: Clock; timeoutMs: number; telemetry: Telemetry }) {
    this.#cache = parts.cache;
    this.#clock = parts.clock;
    this.#timeoutMs = parts.timeoutMs;
    this.#breaker = circuitBreaker(handleAll, {
      // It would count on the wall clock, which may be set back: `#probe` decides when.
      halfOpenAfter: Number.NEGATIVE_INFINITY,
      breaker: new ConsecutiveBreaker(FAILURES_IN_A_ROW),
    });
    const { clock, telemetry } = parts;
    this.#breaker.onBreak(() => {
      this.#nextProbe = clock.monotonic() + PROBE_AFTER_MS;
      telemetry.emit({ type: 'cache_circuit_breaker', open: true });
    });
    this.#breaker.onReset(() => telemetry.emit({ type: 'cache_circuit_breaker', open: false }));
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

  /** Only when it is time, and one at a time: where it fails, the breaker opens again. */
  #probe(): void {
    if (this.#clock.monotonic() < this.#nextProbe) return;
    this.#nextProbe = Number.POSITIVE_INFINITY;
    this.#breaker
      .execute(() => this.#cache.get(PROBE_KEY, this.#clock.monotonic() + this.#timeoutMs))
      .catch(() => undefined);
  }
}
