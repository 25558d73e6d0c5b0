import type { Ids } from '../../ports/ids.ts';
import type { FreshnessSettings } from './settings.ts';

/** The TTL of a value in milliseconds, spread so that what was filled together does not expire together. */
export function valueTtl(
  found: boolean,
  { foundTtlMs, absentTtlMs, ttlJitter }: FreshnessSettings,
  ids: Ids,
): number {
  const spread = 1 + ttlJitter * (2 * ids.fraction() - 1);
  return Math.max(1, Math.round((found ? foundTtlMs : absentTtlMs) * spread));
}
