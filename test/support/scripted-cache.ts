import type { Cache, ReachedServer } from '../../src/ports/cache.ts';
import type { CacheServer } from '../../src/ports/epoch.ts';
import { CacheUnavailable } from '../../src/ports/errors.ts';

export interface CacheCall {
  readonly operation: Exclude<keyof Cache, 'server' | 'reconnect'>;
  readonly keys: readonly string[];
  readonly deadline: number;
  /** The value to be set. */
  readonly value?: string;
  readonly ttlMs?: number;
}

/** `answered` = by the inner cache; `failed` = rejected and not applied; `lost` = rejected although applied. */
export type CallOutcome = 'answered' | 'failed' | 'lost';

/** A cache that records its calls and fails as scripted. */
export class ScriptedCache implements Cache {
  readonly calls: CacheCall[] = [];
  /** Decides the outcome of each call before it is applied. It may also delay the call, or interleave other work. */
  script: (call: CacheCall) => CallOutcome | PromiseLike<CallOutcome> = () => 'answered';
  /** Whether a server is reached. */
  isReached = true;
  reconnects = 0;
  readonly #inner: Cache;

  constructor(inner: Cache) {
    this.#inner = inner;
  }

  /** The calls of one operation. */
  of(operation: CacheCall['operation']): readonly CacheCall[] {
    return this.calls.filter((call) => call.operation === operation);
  }

  server(): ReachedServer | undefined {
    return this.isReached ? this.#inner.server() : undefined;
  }

  reconnect(): void {
    this.reconnects += 1;
  }

  get(key: string, on: CacheServer, deadline: number): Promise<string | undefined> {
    return this.#run({ operation: 'get', keys: [key], deadline }, () => this.#inner.get(key, on, deadline));
  }

  getMany(keys: readonly string[], on: CacheServer, deadline: number): Promise<(string | undefined)[]> {
    return this.#run({ operation: 'getMany', keys, deadline }, () => this.#inner.getMany(keys, on, deadline));
  }

  add(key: string, value: string, ttlMs: number, on: CacheServer, deadline: number): Promise<boolean> {
    return this.#run({ operation: 'add', keys: [key], value, ttlMs, deadline }, () =>
      this.#inner.add(key, value, ttlMs, on, deadline),
    );
  }

  replace(
    key: string,
    expected: string,
    value: string,
    ttlMs: number,
    on: CacheServer,
    deadline: number,
  ): Promise<boolean> {
    return this.#run({ operation: 'replace', keys: [key], value, ttlMs, deadline }, () =>
      this.#inner.replace(key, expected, value, ttlMs, on, deadline),
    );
  }

  put(key: string, value: string, ttlMs: number, on: CacheServer, deadline: number): Promise<void> {
    return this.#run({ operation: 'put', keys: [key], value, ttlMs, deadline }, () =>
      this.#inner.put(key, value, ttlMs, on, deadline),
    );
  }

  async #run<T>(call: CacheCall, apply: () => Promise<T>): Promise<T> {
    this.calls.push(call);
    const outcome = await this.script(call);
    if (outcome === 'failed') throw new CacheUnavailable('scripted failure');
    const answer = await apply();
    if (outcome === 'lost') throw new CacheUnavailable('scripted loss of the response');
    return answer;
  }
}
