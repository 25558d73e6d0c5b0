import { StoreNotProvisioned } from '../../ports/errors.ts';
import { CachePairingRefused } from '../freshness/cache-pairing.ts';
import { type Config, ConfigRefused } from './config.ts';

/** What only other settings, or another command first, would mend. */
export function asConfigRefused(error: unknown, { store, cache }: Config): unknown {
  if (error instanceof CachePairingRefused) {
    return new ConfigRefused([`CACHE: "${cache.kind}" given; ${error.message}`]);
  }
  if (error instanceof StoreNotProvisioned) {
    return new ConfigRefused([`STORE: "${store.kind}" given; ${error.message}`]);
  }
  return error;
}
