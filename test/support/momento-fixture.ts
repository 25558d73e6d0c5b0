import { MomentoCache } from '../../src/adapters/caches/momento/momento-cache.ts';
import { createMomentoClient, type MomentoClient } from '../../src/adapters/caches/momento/momento-client.ts';
import { SystemClock } from '../../src/adapters/system/system-clock.ts';
import type { CacheUnderTest } from '../contracts/cache/cache-under-test.ts';
import { cleanupAfterEach } from './cleanup.ts';
import { ManualClock } from './manual-clock.ts';
import { MomentoServer, type MomentoServerOptions } from './momento-server/momento-server.ts';

const clock = new SystemClock();

export interface OpenMomentoCache {
  readonly cache: MomentoCache;
  readonly momento: MomentoClient;
  close(): void;
}

interface Connection {
  readonly port: number;
  readonly cacheName?: string;
  /** The SDK's timers keep the process alive for twice as long after a failure. */
  readonly timeoutMs?: number;
}

/** A cache on a server on 127.0.0.1, through the unmodified SDK. */
export function openMomentoCache({
  port,
  cacheName = 'rollcall',
  timeoutMs = 1500,
}: Connection): OpenMomentoCache {
  const access = { kind: 'local', host: '127.0.0.1', port } as const;
  const momento = createMomentoClient({ access, cacheName, clock, timeoutMs });
  return { cache: new MomentoCache(momento), momento, close: () => momento.close() };
}

/** Servers and caches for one test each: an `afterEach` hook closes them. */
export function momentoFixture() {
  const addCleanup = cleanupAfterEach();
  return {
    addCleanup,

    async startServer(options?: MomentoServerOptions): Promise<MomentoServer> {
      const server = await MomentoServer.start(options);
      addCleanup(() => server.stop());
      return server;
    },

    openCache(connection: Connection): OpenMomentoCache {
      const opened = openMomentoCache(connection);
      addCleanup(() => opened.close());
      return opened;
    },
  };
}

/** Caches on one server, whose clock the contract advances. */
export function momentoCacheUnderTest(): () => CacheUnderTest {
  const serverClock = new ManualClock();
  let server: MomentoServer;
  before(async () => {
    server = await MomentoServer.start({ clock: serverClock });
  });
  after(() => server.stop());
  const { openCache } = momentoFixture();
  const open = () => openCache({ port: server.port, timeoutMs: 5000 }).cache;
  return () => ({
    cache: open(),
    openAnother: async () => open(),
    clock,
    advance: (ms) => serverClock.advance(ms),
  });
}
