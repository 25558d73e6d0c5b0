import type { FreshnessSettings } from '../../../../src/app/freshness/settings.ts';

/** A step takes a millisecond, so that in a run of some hundred steps everything can be late and everything can expire. */
export const SETTINGS: FreshnessSettings = {
  foundTtlMs: 1_800_000,
  absentTtlMs: 600_000,
  ttlJitter: 0,
  markerTtlMs: 120,
  leaseTtlMs: 60,
  leaseWaitMs: 20,
  cacheTimeoutMs: 60,
  storeTimeoutMs: 90,
  sample: 0,
};
