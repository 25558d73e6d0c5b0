import type { Ids } from '../../ports/ids.ts';
import type { FreshnessSettings } from './freshness-settings.ts';

/** The TTL of a value in milliseconds, with jitter so that values filled together do not expire together. */
export function valueTtl(
  found: boolean,
  { foundTtlMs, absentTtlMs, ttlJitter }: FreshnessSettings,
  ids: Ids,
): number {
  const spread = 1 + ttlJitter * (2 * ids.fraction() - 1);
  return Math.max(1, Math.round((found ? foundTtlMs : absentTtlMs) * spread));
}
