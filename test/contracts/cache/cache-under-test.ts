import type { Cache } from '../../../src/ports/cache.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import type { CacheServer } from '../../../src/ports/epoch.ts';
import { unique } from '../../support/accounts.ts';

export interface CacheUnderTest {
  readonly cache: Cache;
  readonly clock: Clock;
  /** Lets time pass for the cache: advances a manual clock, or waits for a real server. */
  readonly advance: (ms: number) => Promise<void>;
  /** Opens a second, independent handle on the same entries, where the adapter supports that. */
  readonly openAnother?: () => Promise<Cache>;
}

/** The cache of the running test. */
export type CurrentCache = () => CacheUnderTest;

const DEADLINE_MS = 5_000;
const DEFAULT_TTL_MS = 60_000;

/** A cache with default deadlines, and a default TTL of one minute. */
export interface Handle {
  get(key: string): Promise<string | undefined>;
  getMany(keys: readonly string[]): Promise<(string | undefined)[]>;
  add(key: string, value: string, ttlMs?: number): Promise<boolean>;
  replace(key: string, expected: string, value: string, ttlMs?: number): Promise<boolean>;
  put(key: string, value: string, ttlMs?: number): Promise<void>;
}

export function handleOn({ cache, clock }: Pick<CacheUnderTest, 'cache' | 'clock'>): Handle {
  const deadline = (): number => clock.monotonic() + DEADLINE_MS;
  const on = serverOf(cache);
  return {
    get: (key) => cache.get(key, on, deadline()),
    getMany: (keys) => cache.getMany(keys, on, deadline()),
    add: (key, value, ttlMs = DEFAULT_TTL_MS) => cache.add(key, value, ttlMs, on, deadline()),
    replace: (key, expected, value, ttlMs = DEFAULT_TTL_MS) =>
      cache.replace(key, expected, value, ttlMs, on, deadline()),
    put: (key, value, ttlMs = DEFAULT_TTL_MS) => cache.put(key, value, ttlMs, on, deadline()),
  };
}

/** Alternates between two handles where the adapter supports a second one; otherwise returns the same one. */
export async function handlesOn(underTest: CacheUnderTest): Promise<(turn: number) => Handle> {
  const { clock, openAnother } = underTest;
  const first = handleOn(underTest);
  const second = openAnother === undefined ? first : handleOn({ cache: await openAnother(), clock });
  return (turn) => (turn % 2 === 0 ? first : second);
}

/** The server that a cache reaches. */
export function serverOf(cache: Cache): CacheServer {
  const reached = cache.server();
  if (reached === undefined) throw new Error('no cache server is reached');
  return reached.id;
}

export const uniqueKey = (): string => unique('contract:key');
