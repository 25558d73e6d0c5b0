import { CreateCacheResponse } from '@gomomento/sdk';
import type { Deadline } from '../../../ports/clock.ts';
import type { MomentoClient } from './momento-client.ts';
import { isCacheMissing } from './momento-errors.ts';

/** Checks whether the cache exists, without changing anything. @throws {CacheUnavailable} */
export async function checkMomentoCache(
  momento: MomentoClient,
  deadline: Deadline,
): Promise<'exists' | 'missing'> {
  try {
    await momento.send(deadline, (sdk, options) => sdk.get(momento.cacheName, 'existence-check', options));
    return 'exists';
  } catch (error) {
    if (!isCacheMissing(error)) throw error;
    return 'missing';
  }
}

/**
 * Creates the cache if it does not exist. Idempotent, also when run concurrently. A key without the permission to create
 * caches is sufficient if the cache exists. @throws {CacheUnavailable}
 */
export async function provisionMomentoCache(
  momento: MomentoClient,
  deadline: Deadline,
): Promise<'exists' | 'created'> {
  const state = await checkMomentoCache(momento, deadline);
  if (state === 'exists') return state;
  const response = await momento.send(deadline, (sdk, options) =>
    sdk.createCache(momento.cacheName, options),
  );
  return response.type === CreateCacheResponse.Success ? 'created' : 'exists';
}
