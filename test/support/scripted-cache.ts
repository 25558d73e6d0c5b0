import type { Cache } from '../../src/ports/cache.ts';
import { CacheUnavailable } from '../../src/ports/errors.ts';

export interface CacheCall {
  readonly operation: keyof Cache;
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
  readonly #inner: Cache;

  constructor(inner: Cache) {
    this.#inner = inner;
  }

  /** The calls of one operation. */
  of(operation: keyof Cache): readonly CacheCall[] {
    return this.calls.filter((call) => call.operation === operation);
  }

  get(key: string, deadline: number): Promise<string | undefined> {
    return this.#run({ operation: 'get', keys: [key], deadline }, () => this.#inner.get(key, deadline));
  }

  getMany(keys: readonly string[], deadline: number): Promise<(string | undefined)[]> {
    return this.#run({ operation: 'getMany', keys, deadline }, () => this.#inner.getMany(keys, deadline));
  }

  add(key: string, value: string, ttlMs: number, deadline: number): Promise<boolean> {
    return this.#run({ operation: 'add', keys: [key], value, ttlMs, deadline }, () =>
      this.#inner.add(key, value, ttlMs, deadline),
    );
  }

  replace(key: string, expected: string, value: string, ttlMs: number, deadline: number): Promise<boolean> {
    return this.#run({ operation: 'replace', keys: [key], value, ttlMs, deadline }, () =>
      this.#inner.replace(key, expected, value, ttlMs, deadline),
    );
  }

  put(key: string, value: string, ttlMs: number, deadline: number): Promise<void> {
    return this.#run({ operation: 'put', keys: [key], value, ttlMs, deadline }, () =>
      this.#inner.put(key, value, ttlMs, deadline),
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
