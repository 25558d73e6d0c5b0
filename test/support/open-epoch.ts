import type { CacheServer, Epoch, StoreServer } from '../../src/ports/epoch.ts';
import type { Meta } from '../../src/ports/meta-store.ts';

/** The meta record of a store whose epoch is open. @param permitMs how long a read of it permits hits */
export function openMeta(
  cacheServer: CacheServer,
  { permitMs = 5000, storeServer = 'memory' }: { permitMs?: number; storeServer?: StoreServer } = {},
): Meta & { readonly epoch: Epoch } {
  return {
    storeId: 'store',
    generation: 1,
    cache: 'test',
    epoch: {
      protocol: 1,
      n: 1,
      state: 'open',
      token: 'token',
      cacheServer,
      storeServer,
      by: 'nobody',
      holdMs: 2000,
      permitMs,
      commitMs: 5000,
      waitMs: 0,
      changes: [],
    },
  };
}

/** The key of a record in that epoch. */
export const openKey = (recordId: string): string => `token:${recordId}`;
