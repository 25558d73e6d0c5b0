import { StoreNotProvisioned } from '../../../ports/errors.ts';
import { EpochRefused } from '../../freshness/epochs/epoch-refused.ts';
import type { Config } from '../config/config.ts';
import { InvalidConfiguration } from '../config/invalid-configuration.ts';

/** Errors that retrying cannot repair become mistakes of the configuration. Others are returned unchanged. */
export function asInvalidConfiguration(error: unknown, { store, cache }: Config): unknown {
  if (error instanceof EpochRefused) {
    return new InvalidConfiguration([`CACHE: "${cache.kind}" cannot be used: ${error.message}`]);
  }
  if (error instanceof StoreNotProvisioned) {
    return new InvalidConfiguration([`STORE: "${store.kind}" cannot be used: ${error.message}`]);
  }
  return error;
}
