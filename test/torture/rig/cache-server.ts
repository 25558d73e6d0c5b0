import { RedisServer } from '../../support/redis-server.ts';
import { MomentoProcess } from './momento-process.ts';

/** A cache that can be hurt. */
export interface CacheServer {
  readonly port: number;
  /** Again, on its port, with nothing in it. */
  start(): Promise<void>;
  kill(): Promise<void>;
  pause(): void;
  resume(): void;
  stop(): Promise<void>;
}

interface CacheKind {
  /** @throws saying how to get it, where it is missing */
  start(): Promise<CacheServer>;
  /** @param port of the way to the server */
  settings(port: number): Readonly<Record<string, string>>;
}

/** Each `CACHE` that instances can share, by its name. */
export const SHARED_CACHES: Readonly<Record<string, CacheKind>> = {
  redis: {
    start: () => RedisServer.start(),
    settings: (port) => ({ REDIS_URL: `redis://127.0.0.1:${port}` }),
  },
  momento: {
    start: () => MomentoProcess.start(),
    settings: (port) => ({ MOMENTO_LOCAL: `127.0.0.1:${port}` }),
  },
};
