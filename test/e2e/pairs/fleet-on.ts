import { newApiKey } from '../../../src/adapters/auth/api-keys/api-key.ts';
import type { ApiClient } from '../../support/api-client.ts';
import { CACHES, STORES } from '../../support/backends.ts';
import { childProcessInstance, Fleet, inProcessInstance } from '../../support/fleet.ts';

const ADMIN = newApiKey('admin', ['admin']);

/** The scenarios must also pass on a busy machine. */
const PATIENCE = { CACHE_TIMEOUT_MS: '1000' };

/** A client of the service "admin", which every fleet accepts. */
export const asAdmin = (api: ApiClient): ApiClient => api.as(`ApiKey ${ADMIN.key}`);

/** Starts a new store, a new cache and their instances: two if the combination allows it. */
export async function fleetOn(STORE: string, CACHE: string): Promise<Fleet> {
  const store = await STORES[STORE]?.();
  const cache = await CACHES[CACHE]?.();
  if (store === undefined || cache === undefined) throw new Error(`unknown pair: ${STORE} and ${CACHE}`);
  const settings = { STORE, CACHE, API_KEYS: ADMIN.entry, ...PATIENCE, ...store.settings, ...cache.settings };
  const isSingle = STORE === 'memory' || CACHE === 'memory';
  return Fleet.start({
    start: () => (isSingle ? inProcessInstance(settings) : childProcessInstance(settings)),
    size: isSingle ? 1 : 2,
    close: async () => {
      await store.close();
      await cache.close();
    },
  });
}
