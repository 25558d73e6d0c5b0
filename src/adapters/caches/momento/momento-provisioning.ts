import { CreateCacheResponse } from '@gomomento/sdk';
import type { Deadline } from '../../../ports/clock.ts';
import type { MomentoClient } from './momento-client.ts';
import { isCacheMissing } from './momento-errors.ts';

export interface MomentoCacheFinding {
  /** `made` = it was missing and has been made. */
  readonly state: 'right' | 'made' | 'missing';
  /** For people. */
  readonly text: string;
}

/** Says whether the cache is there; changes nothing. @throws {CacheUnavailable} */
export async function checkMomentoCache(
  momento: MomentoClient,
  deadline: Deadline,
): Promise<MomentoCacheFinding> {
  const text = `cache ${momento.cacheName}`;
  try {
    await momento.request(deadline, (sdk, options) => sdk.get(momento.cacheName, 'is it there', options));
    return { state: 'right', text };
  } catch (error) {
    if (!isCacheMissing(error)) throw error;
    return { state: 'missing', text: `${text}: there is none` };
  }
}

/**
 * Makes the cache if there is none. Any number of times, also by several at once. A key that may not make caches will do
 * where there is one. @throws {CacheUnavailable}
 */
export async function provisionMomentoCache(
  momento: MomentoClient,
  deadline: Deadline,
): Promise<MomentoCacheFinding> {
  const found = await checkMomentoCache(momento, deadline);
  if (found.state === 'right') return found;
  const answer = await momento.request(deadline, (sdk, options) =>
    sdk.createCache(momento.cacheName, options),
  );
  return {
    state: answer.type === CreateCacheResponse.Success ? 'made' : 'right',
    text: `cache ${momento.cacheName}`,
  };
}
