import { MomentoCache } from '../../src/adapters/caches/momento/momento-cache.ts';
import { createMomentoClient, type MomentoClient } from '../../src/adapters/caches/momento/momento-client.ts';
import { SystemClock } from '../../src/adapters/system/system-clock.ts';
import type { CacheUnderTest } from '../contracts/cache/cache-under-test.ts';
import type { ManualClock } from './manual-clock.ts';

const clock = new SystemClock();
const ANSWER_MS = 10_000;

export interface OpenedMomentoCache {
  readonly cache: MomentoCache;
  readonly momento: MomentoClient;
  close(): void;
}

/** A cache of a server on 127.0.0.1, through the SDK as it is. */
export function openMomentoCache(port: number, cacheName = 'rollcall', timeoutMs = 5000): OpenedMomentoCache {
  const access = { kind: 'local', host: '127.0.0.1', port } as const;
  const momento = createMomentoClient({ access, cacheName, clock, timeoutMs });
  return { cache: new MomentoCache(momento), momento, close: () => momento.close() };
}

/** Settles once the cache answers. */
export async function waitUntilAvailable(cache: MomentoCache): Promise<void> {
  const deadline = clock.monotonic() + ANSWER_MS;
  for (;;) {
    try {
      await cache.get('is anybody there', clock.monotonic() + 200);
      return;
    } catch (error) {
      if (clock.monotonic() > deadline) throw error;
      await clock.sleep(5);
    }
  }
}

/** How to open the cache of a running server for the contract. @param time the server's clock */
export function momentoCacheUnderTest(port: () => number, time: ManualClock): () => Promise<CacheUnderTest> {
  return async () => {
    const handles: OpenedMomentoCache[] = [];
    const open = async (): Promise<MomentoCache> => {
      const handle = openMomentoCache(port());
      handles.push(handle);
      return handle.cache;
    };
    return {
      cache: await open(),
      clock,
      pass: (ms) => time.advance(ms),
      another: open,
      close: async () => {
        for (const handle of handles) handle.close();
      },
    };
  };
}
