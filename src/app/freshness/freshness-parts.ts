import type { Cache } from '../../ports/cache.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Ids } from '../../ports/ids.ts';
import type { Telemetry } from '../../ports/telemetry.ts';
import type { Committer, IdempotencyLog, RecordReader } from '../../ports/user-store.ts';
import type { CachePairing } from './cache-pairing.ts';
import type { CacheTrust } from './cache-trust.ts';
import type { FreshnessSettings } from './settings.ts';

/** What the protocol works with. */
export interface FreshnessParts {
  readonly store: RecordReader & Committer & IdempotencyLog;
  readonly cache: Cache;
  readonly pairing: CachePairing;
  readonly trust: Pick<CacheTrust, 'mayTrustCache' | 'ask'>;
  readonly settings: FreshnessSettings;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly telemetry: Telemetry;
}
