import type { Cache } from '../../ports/cache.ts';
import type { Clock } from '../../ports/clock.ts';
import type { StoreServer } from '../../ports/epoch.ts';
import type { Ids } from '../../ports/ids.ts';
import type { Telemetry } from '../../ports/telemetry.ts';
import type { Committer, IdempotencyLog, RecordReader } from '../../ports/user-store.ts';
import type { CacheCircuitBreaker } from './cache-circuit-breaker.ts';
import type { EpochKeeper } from './epochs/epoch-keeper.ts';
import type { FreshnessSettings } from './freshness-settings.ts';

/** The records as the protocol uses them. */
export type FreshnessStore = RecordReader & Committer & IdempotencyLog;

/** The dependencies of the freshness protocol. */
export interface FreshnessParts {
  readonly store: { on(server: StoreServer): FreshnessStore };
  readonly cache: Cache;
  readonly keeper: EpochKeeper;
  readonly breaker: Pick<CacheCircuitBreaker, 'mayTrustCache' | 'execute'>;
  readonly settings: FreshnessSettings;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly telemetry: Telemetry;
}
