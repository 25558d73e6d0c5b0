import type { Cache } from '../../../src/ports/cache.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import { unique } from '../../support/accounts.ts';

export interface CacheUnderTest {
  readonly cache: Cache;
  readonly clock: Clock;
  /** Lets `ms` milliseconds pass for the cache: a manual clock moves, a real server is waited for. */
  readonly pass: (ms: number) => Promise<void>;
  /** A second, independent handle on the same entries, where the adapter can have one. `close` closes it too. */
  readonly another?: () => Promise<Cache>;
  close(): Promise<void>;
}

/** The cache of the test that is running. */
export type OpenedCache = () => CacheUnderTest;

const TTL = 60_000;

/** A cache whose operations have a deadline, and a TTL of a minute unless told otherwise. */
export interface Handle {
  get(key: string): Promise<string | undefined>;
  getMany(keys: readonly string[]): Promise<(string | undefined)[]>;
  add(key: string, value: string, ttlMs?: number): Promise<boolean>;
  replace(key: string, expected: string, value: string, ttlMs?: number): Promise<boolean>;
  put(key: string, value: string, ttlMs?: number): Promise<void>;
}

export function handleOn({ cache, clock }: Pick<CacheUnderTest, 'cache' | 'clock'>): Handle {
  const soon = (): number => clock.monotonic() + 5_000;
  return {
    get: (key) => cache.get(key, soon()),
    getMany: (keys) => cache.getMany(keys, soon()),
    add: (key, value, ttlMs = TTL) => cache.add(key, value, ttlMs, soon()),
    replace: (key, expected, value, ttlMs = TTL) => cache.replace(key, expected, value, ttlMs, soon()),
    put: (key, value, ttlMs = TTL) => cache.put(key, value, ttlMs, soon()),
  };
}

/** The handles to be used in turn: two where the adapter can have them, else always the one. */
export async function handlesOn(under: CacheUnderTest): Promise<(turn: number) => Handle> {
  const first = handleOn(under);
  const second =
    under.another === undefined ? first : handleOn({ cache: await under.another(), clock: under.clock });
  return (turn) => (turn % 2 === 0 ? first : second);
}

/** A key that nobody used before. */
export const aKey = (): string => unique('contract:key');
