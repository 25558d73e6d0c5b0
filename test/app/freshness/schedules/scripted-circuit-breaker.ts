import type { CacheCircuitBreaker } from '../../../../src/app/freshness/cache-circuit-breaker.ts';
import { CacheUnavailable } from '../../../../src/ports/errors.ts';

/** A circuit breaker that the schedule opens and closes, regardless of failures. */
export class ScriptedCircuitBreaker implements Pick<CacheCircuitBreaker, 'mayTrustCache' | 'execute'> {
  isOpen: () => boolean = () => false;

  mayTrustCache(): boolean {
    return !this.isOpen();
  }

  async execute<T>(operation: () => Promise<T>): Promise<T> {
    if (this.isOpen()) throw new CacheUnavailable('simulated: the circuit breaker is open');
    return operation();
  }
}
