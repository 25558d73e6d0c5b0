import {
  CacheGetResponse,
  CacheSetIfAbsentResponse,
  CacheSetIfEqualResponse,
  CacheSetIfNotEqualResponse,
} from '@gomomento/sdk';
import type { Cache, ReachedServer } from '../../../ports/cache.ts';
import type { Deadline } from '../../../ports/clock.ts';
import type { CacheServer } from '../../../ports/epoch.ts';
import { CacheUnavailable } from '../../../ports/errors.ts';
import type { MomentoClient, SdkFailure, SdkResponse } from './momento-client.ts';

/** Returned by `getMany` for an entry that changed during the read. No caller ever puts this value. */
const CHANGED_DURING_READ = 'moved';

const DAY_SECONDS = 86_400;

/**
 * A Momento cache. It uses conditional sets only, because Momento guarantees nothing for a key with both conditional and
 * unconditional sets.
 */
export class MomentoCache implements Cache {
  readonly #momento: MomentoClient;

  constructor(momento: MomentoClient) {
    this.#momento = momento;
  }

  /** A service has no terms: instances must agree on its endpoint and on the cache. */
  server(): ReachedServer | undefined {
    const endpoint = this.#momento.endpoint();
    if (endpoint === undefined) return undefined;
    const id = `momento ${endpoint} ${this.#momento.cacheName}`;
    return { id, connectedAt: 0, succeeds: () => false, legacyScope: '' };
  }

  reconnect(): void {
    // The SDK reconnects by itself.
  }

  async get(key: string, on: CacheServer, deadline: Deadline): Promise<string | undefined> {
    const response = await this.#request(on, deadline, (sdk, options) =>
      sdk.get(this.#momento.cacheName, key, options),
    );
    switch (response.type) {
      case CacheGetResponse.Hit:
        // The SDK's own decoding removes a byte order mark.
        return Buffer.from(response.valueUint8Array()).toString();
      case CacheGetResponse.Miss:
        return undefined;
    }
  }

  /** Reads twice. Versions never repeat, so a value that both rounds return was present when the first one ended. */
  async getMany(
    keys: readonly string[],
    on: CacheServer,
    deadline: Deadline,
  ): Promise<(string | undefined)[]> {
    const readAll = () => Promise.all(keys.map((key) => this.get(key, on, deadline)));
    const first = await readAll();
    if (keys.length === 1) return first;
    const second = await readAll();
    return first.map((value, index) => (value === second[index] ? value : CHANGED_DURING_READ));
  }

  async add(
    key: string,
    value: string,
    ttlMs: number,
    on: CacheServer,
    deadline: Deadline,
  ): Promise<boolean> {
    const response = await this.#request(on, deadline, (sdk, options) =>
      sdk.setIfAbsent(this.#momento.cacheName, key, value, { ttl: ttlSeconds(ttlMs), ...options }),
    );
    return response.type === CacheSetIfAbsentResponse.Stored;
  }

  async replace(
    key: string,
    expected: string,
    value: string,
    ttlMs: number,
    on: CacheServer,
    deadline: Deadline,
  ): Promise<boolean> {
    const response = await this.#request(on, deadline, (sdk, options) =>
      sdk.setIfEqual(this.#momento.cacheName, key, value, expected, { ttl: ttlSeconds(ttlMs), ...options }),
    );
    return response.type === CacheSetIfEqualResponse.Stored;
  }

  /** The condition always holds, because the port requires a value that was never put under this key before. */
  async put(key: string, value: string, ttlMs: number, on: CacheServer, deadline: Deadline): Promise<void> {
    const response = await this.#request(on, deadline, (sdk, options) =>
      sdk.setIfNotEqual(this.#momento.cacheName, key, value, value, { ttl: ttlSeconds(ttlMs), ...options }),
    );
    if (response.type !== CacheSetIfNotEqualResponse.Stored) {
      throw new CacheUnavailable('Momento did not store the entry, because it already had this value');
    }
  }

  /** The endpoint is known only after the key has been read; the request waits for that. */
  #request<Response extends SdkResponse>(
    on: CacheServer,
    deadline: Deadline,
    request: Parameters<typeof MomentoClient.prototype.send<Response>>[1],
  ): Promise<Exclude<Response, SdkFailure>> {
    return this.#momento.send(deadline, async (sdk, options) => {
      if (this.server()?.id !== on) {
        throw new CacheUnavailable('the configured Momento cache is not the one that the store names');
      }
      return request(sdk, options);
    });
  }
}

/** Momento counts in whole seconds, of at most one day. */
function ttlSeconds(ttlMs: number): number {
  return Math.min(Math.max(1, Math.ceil(ttlMs / 1000)), DAY_SECONDS);
}
