import type { FreshnessSettings } from '../../../../src/app/freshness/freshness-settings.ts';

/** With at most 1 ms per step, all timeouts and TTLs can expire within a run of a few hundred steps. */
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
  permitMs: 1_000_000_000,
  commitMs: 1_000_000_000,
  closeAfterMs: 0,
  holdMs: 20,
  writeWaitMs: 0,
  // Most schedules are about one epoch: a write that cannot be marked is refused.
  writesWithoutCache: false,
};
