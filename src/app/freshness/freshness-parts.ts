import type { Cache } from '../../ports/cache.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Ids } from '../../ports/ids.ts';
import type { Telemetry } from '../../ports/telemetry.ts';
import type { Committer, IdempotencyLog, RecordReader } from '../../ports/user-store.ts';
import type { CacheBinding } from './cache-binding.ts';
import type { CacheCircuitBreaker } from './cache-circuit-breaker.ts';
import type { FreshnessSettings } from './freshness-settings.ts';

/** The dependencies of the freshness protocol. */
export interface FreshnessParts {
  readonly store: RecordReader & Committer & IdempotencyLog;
  readonly cache: Cache;
  readonly binding: CacheBinding;
  readonly breaker: Pick<CacheCircuitBreaker, 'mayTrustCache' | 'execute'>;
  readonly settings: FreshnessSettings;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly telemetry: Telemetry;
}
