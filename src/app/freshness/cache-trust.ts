import { CircuitState, ConsecutiveBreaker, circuitBreaker, handleAll } from 'cockatiel';
import type { Cache } from '../../ports/cache.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Telemetry } from '../../ports/telemetry.ts';

const FAILURES_IN_A_ROW = 5;
const PROBE_AFTER_MS = 1000;
const PROBE_KEY = 'probe';

/**
 * Whether reads may ask the cache: not while it keeps failing. Then it is probed beside the reads,
 * so that no read waits for a dead cache.
 */
export class CacheTrust {
  readonly #cache: Cache;
  readonly #clock: Clock;
  readonly #timeoutMs: number;
  readonly #breaker = circuitBreaker(handleAll, {
    halfOpenAfter: PROBE_AFTER_MS,
    breaker: new ConsecutiveBreaker(FAILURES_IN_A_ROW),
  });
  #probing = false;

  constructor(cache: Cache, clock: Clock, timeoutMs: number, telemetry: Telemetry) {
    this.#cache = cache;
    this.#clock = clock;
    this.#timeoutMs = timeoutMs;
    this.#breaker.onBreak(() => telemetry.emit({ type: 'cache_trust', trusted: false }));
    this.#breaker.onReset(() => telemetry.emit({ type: 'cache_trust', trusted: true }));
  }

  /** Asked before and after every cache read. */
  mayTrustCache(): boolean {
    if (this.#breaker.state === CircuitState.Closed) return true;
    this.#probe();
    return false;
  }

  /** Runs a cache operation and learns from how it ends. */
  ask<T>(operation: () => Promise<T>): Promise<T> {
    return this.#breaker.execute(operation);
  }

  /** Refused by the breaker itself until it is time. */
  #probe(): void {
    if (this.#probing) return;
    this.#probing = true;
    this.ask(() => this.#cache.get(PROBE_KEY, this.#clock.monotonic() + this.#timeoutMs))
      .catch(() => undefined)
      .finally(() => {
        this.#probing = false;
      });
  }
}
