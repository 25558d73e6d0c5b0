import { RedisServer } from '../../support/redis-server.ts';
import { MomentoProcess } from './momento-process.ts';

/** A cache server into which faults can be injected. */
export interface CacheServer {
  readonly port: number;
  /** Restarts the server on the same port with an empty cache. */
  start(): Promise<void>;
  kill(): Promise<void>;
  pause(): void;
  resume(): void;
  stop(): Promise<void>;
}

interface CacheKind {
  /** @throws with installation instructions if the server is not installed */
  start(): Promise<CacheServer>;
  /** @param port of the server or of a proxy in front of it */
  settings(port: number): Readonly<Record<string, string>>;
}

/** The values of `CACHE` for caches that several instances can share. */
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
