import { UuidIds } from '../../src/adapters/system/uuid-ids.ts';
import { CacheBinding, type CacheIdentity } from '../../src/app/freshness/cache-binding.ts';
import type { Ids } from '../../src/ports/ids.ts';
import type { Signal } from '../../src/ports/telemetry.ts';
import type { MetaStore } from '../../src/ports/user-store.ts';
import { ManualClock } from './manual-clock.ts';

interface BindingOptions extends Partial<CacheIdentity> {
  readonly ids?: Ids;
  /** Receives the signals. */
  readonly signals?: Signal[];
}

/** A binding of a store to a cache that is only described. */
export function bindCache(
  store: MetaStore,
  { description = 'test', isPrivate = false, ids = new UuidIds(), signals = [] }: BindingOptions = {},
): CacheBinding {
  const telemetry = { emit: (signal: Signal) => void signals.push(signal) };
  return new CacheBinding({
    store,
    cache: { description, isPrivate },
    ids,
    clock: new ManualClock(),
    telemetry,
  });
}
