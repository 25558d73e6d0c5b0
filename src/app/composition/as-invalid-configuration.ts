import { StoreNotProvisioned } from '../../ports/errors.ts';
import { CacheBindingRefused } from '../freshness/cache-binding.ts';
import { type Config, InvalidConfiguration } from './config.ts';

/** What only other settings, or another command first, would mend. */
export function asInvalidConfiguration(error: unknown, { store, cache }: Config): unknown {
  if (error instanceof CacheBindingRefused) {
    return new InvalidConfiguration([`CACHE: "${cache.kind}" given; ${error.message}`]);
  }
  if (error instanceof StoreNotProvisioned) {
    return new InvalidConfiguration([`STORE: "${store.kind}" given; ${error.message}`]);
  }
  return error;
}
