import { newApiKey } from '../../../src/adapters/auth/api-keys/api-key.ts';
import type { ApiClient } from '../../support/api-client.ts';
import { CACHES, STORES } from '../../support/backends.ts';
import { childProcessInstance, Fleet, inProcessInstance } from '../../support/fleet.ts';

const ADMIN = newApiKey('admin', ['admin']);

/** These stories claim no speed, least of all on a busy machine. */
const PATIENCE = { CACHE_TIMEOUT_MS: '1000' };

/** As the service "admin", which every fleet knows. */
export const asAdmin = (api: ApiClient): ApiClient => api.as(`ApiKey ${ADMIN.key}`);

/** Instances on a store and a cache of their own: two wherever two are allowed. */
export async function fleetOn(STORE: string, CACHE: string): Promise<Fleet> {
  const store = await STORES[STORE]?.();
  const cache = await CACHES[CACHE]?.();
  if (store === undefined || cache === undefined) throw new Error(`No such pair: ${STORE} and ${CACHE}.`);
  const settings = { STORE, CACHE, API_KEYS: ADMIN.entry, ...PATIENCE, ...store.settings, ...cache.settings };
  const isAlone = STORE === 'memory' || CACHE === 'memory';
  return Fleet.start({
    start: () => (isAlone ? inProcessInstance(settings) : childProcessInstance(settings)),
    size: isAlone ? 1 : 2,
    durable: STORE !== 'memory',
    close: async () => {
      await store.close();
      await cache.close();
    },
  });
}
