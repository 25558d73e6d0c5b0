import { setTimeout as delay } from 'node:timers/promises';
import type { Cache } from '../../src/ports/cache.ts';
import { serverOf } from '../contracts/cache/cache-under-test.ts';
import { deadline } from './deadline.ts';

const LIMIT_MS = 10_000;
const POLL_INTERVAL_MS = 5;

/** Waits until the cache answers a read. */
export async function waitUntilAvailable(cache: Cache): Promise<void> {
  const limit = deadline(LIMIT_MS);
  for (;;) {
    try {
      await cache.get('availability-check', serverOf(cache), deadline(200));
      return;
    } catch (error) {
      if (performance.now() > limit) throw error;
      await delay(POLL_INTERVAL_MS);
    }
  }
}
