import {
  CacheGetResponse,
  CacheSetIfAbsentResponse,
  CacheSetIfEqualResponse,
  CacheSetIfNotEqualResponse,
} from '@gomomento/sdk';
import type { Cache } from '../../../ports/cache.ts';
import type { Deadline } from '../../../ports/clock.ts';
import { CacheUnavailable } from '../../../ports/errors.ts';
import type { MomentoClient } from './momento-client.ts';

/** What nobody puts: stands for an entry that changed while it was read. */
const CHANGED_DURING_READ = 'moved';

const DAY_SECONDS = 86_400;

/**
 * A cache of Momento. Keys are set conditionally only, since Momento promises nothing where conditional sets and plain
 * ones meet.
 */
export class MomentoCache implements Cache {
  readonly #momento: MomentoClient;

  constructor(momento: MomentoClient) {
    this.#momento = momento;
  }

  async get(key: string, deadline: Deadline): Promise<string | undefined> {
    const answer = await this.#momento.request(deadline, (sdk, options) =>
      sdk.get(this.#momento.cacheName, key, options),
    );
    switch (answer.type) {
      case CacheGetResponse.Hit:
        // The SDK's own decoding drops a byte order mark.
        return Buffer.from(answer.valueUint8Array()).toString();
      case CacheGetResponse.Miss:
        return undefined;
    }
  }

  /** Two rounds of reads: versions never repeat, so what is equal in both was there when the first had ended. */
  async getMany(keys: readonly string[], deadline: Deadline): Promise<(string | undefined)[]> {
    const round = () => Promise.all(keys.map((key) => this.get(key, deadline)));
    const first = await round();
    if (keys.length === 1) return first;
    const second = await round();
    return first.map((value, index) => (value === second[index] ? value : CHANGED_DURING_READ));
  }

  async add(key: string, value: string, ttlMs: number, deadline: Deadline): Promise<boolean> {
    const answer = await this.#momento.request(deadline, (sdk, options) =>
      sdk.setIfAbsent(this.#momento.cacheName, key, value, { ttl: secondsOf(ttlMs), ...options }),
    );
    return answer.type === CacheSetIfAbsentResponse.Stored;
  }

  async replace(
    key: string,
    expected: string,
    value: string,
    ttlMs: number,
    deadline: Deadline,
  ): Promise<boolean> {
    const answer = await this.#momento.request(deadline, (sdk, options) =>
      sdk.setIfEqual(this.#momento.cacheName, key, value, expected, { ttl: secondsOf(ttlMs), ...options }),
    );
    return answer.type === CacheSetIfEqualResponse.Stored;
  }

  /** True of every value that is new, so the condition is always met. */
  async put(key: string, value: string, ttlMs: number, deadline: Deadline): Promise<void> {
    const answer = await this.#momento.request(deadline, (sdk, options) =>
      sdk.setIfNotEqual(this.#momento.cacheName, key, value, value, { ttl: secondsOf(ttlMs), ...options }),
    );
    if (answer.type !== CacheSetIfNotEqualResponse.Stored) {
      throw new CacheUnavailable('Momento did not set the entry: its value was there already.');
    }
  }
}

/** Whole seconds, and no more than Momento takes. */
function secondsOf(ttlMs: number): number {
  return Math.min(Math.max(1, Math.ceil(ttlMs / 1000)), DAY_SECONDS);
}
