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

const MAX_CONSECUTIVE_FAILURES = 5;
const PROBE_INTERVAL_MS = 1000;
const PROBE_KEY = 'probe';

/**
 * Stops reads from using a cache that keeps failing. While the circuit is open, the cache is probed in the background, so
 * that no read waits for it.
 */
export class CacheCircuitBreaker {
  readonly #cache: Cache;
  readonly #clock: Clock;
  readonly #timeoutMs: number;
  readonly #breaker: CircuitBreakerPolicy;
  /** On `Clock.monotonic`; infinite while a probe is in progress. */
  #nextProbe = Number.POSITIVE_INFINITY;

  constructor(parts: { cache: Cache; clock: Clock; timeoutMs: number; telemetry: Telemetry }) {
    this.#cache = parts.cache;
    this.#clock = parts.clock;
    this.#timeoutMs = parts.timeoutMs;
    this.#breaker = circuitBreaker(handleAll, {
      // cockatiel measures this on the wall clock, which may be set back; `#probe` decides when instead.
      halfOpenAfter: Number.NEGATIVE_INFINITY,
      breaker: new ConsecutiveBreaker(MAX_CONSECUTIVE_FAILURES),
    });
    const { clock, telemetry } = parts;
    this.#breaker.onBreak(() => {
      this.#nextProbe = clock.monotonic() + PROBE_INTERVAL_MS;
      telemetry.emit({ type: 'cache_circuit_breaker', open: true });
    });
    this.#breaker.onReset(() => telemetry.emit({ type: 'cache_circuit_breaker', open: false }));
  }

  /** Called before and after every cache read. */
  mayTrustCache(): boolean {
    if (this.#breaker.state === CircuitState.Closed) return true;
    this.#probe();
    return false;
  }

  /** Runs a cache operation and counts its outcome. @throws {CacheUnavailable} immediately while the circuit is open */
  async execute<T>(operation: () => Promise<T>): Promise<T> {
    if (this.#breaker.state !== CircuitState.Closed) {
      throw new CacheUnavailable('The cache keeps failing and is bypassed until it recovers.');
    }
    return this.#breaker.execute(operation);
  }

  /** At most one probe at a time. If it fails, the circuit opens again. */
  #probe(): void {
    if (this.#clock.monotonic() < this.#nextProbe) return;
    this.#nextProbe = Number.POSITIVE_INFINITY;
    this.#breaker.execute(() => this.#get()).catch(() => undefined);
  }

  async #get(): Promise<void> {
    const server = this.#cache.server();
    if (server === undefined) throw new CacheUnavailable('No cache server can be reached.');
    await this.#cache.get(PROBE_KEY, server.id, this.#clock.monotonic() + this.#timeoutMs);
  }
}
