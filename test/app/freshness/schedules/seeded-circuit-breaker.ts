import type { CacheCircuitBreaker } from '../../../../src/app/freshness/cache-circuit-breaker.ts';
import { CacheUnavailable } from '../../../../src/ports/errors.ts';

/** A circuit breaker that opens and closes as the schedule says: what an instance's reads may do is pass the cache. */
export class SeededCircuitBreaker implements Pick<CacheCircuitBreaker, 'mayTrustCache' | 'ask'> {
  isOpen: () => boolean = () => false;

  mayTrustCache(): boolean {
    return !this.isOpen();
  }

  async ask<T>(operation: () => Promise<T>): Promise<T> {
    if (this.isOpen()) throw new CacheUnavailable('The cache is not asked now.');
    return operation();
  }
}
