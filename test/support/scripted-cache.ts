import type { Cache } from '../../src/ports/cache.ts';
import { CacheUnavailable } from '../../src/ports/errors.ts';

export interface CacheCall {
  readonly operation: keyof Cache;
  readonly keys: readonly string[];
  readonly deadline: number;
  /** What was to be set. */
  readonly value?: string;
  readonly ttlMs?: number;
}

/** How a call ends: as the cache behind says; failed and never applied; or applied, but the answer lost. */
export type Ending = 'answered' | 'failed' | 'lost';

/** A cache that remembers what was asked of it and fails as the test says. */
export class ScriptedCache implements Cache {
  readonly calls: CacheCall[] = [];
  /** Decides each call's ending; called before it is applied, so it may also do something in between. */
  script: (call: CacheCall) => Ending | PromiseLike<Ending> = () => 'answered';
  readonly #behind: Cache;

  constructor(behind: Cache) {
    this.#behind = behind;
  }

  /** The calls of one operation. */
  of(operation: keyof Cache): readonly CacheCall[] {
    return this.calls.filter((call) => call.operation === operation);
  }

  get(key: string, deadline: number): Promise<string | undefined> {
    return this.#run({ operation: 'get', keys: [key], deadline }, () => this.#behind.get(key, deadline));
  }

  getMany(keys: readonly string[], deadline: number): Promise<(string | undefined)[]> {
    return this.#run({ operation: 'getMany', keys, deadline }, () => this.#behind.getMany(keys, deadline));
  }

  add(key: string, value: string, ttlMs: number, deadline: number): Promise<boolean> {
    return this.#run({ operation: 'add', keys: [key], value, ttlMs, deadline }, () =>
      this.#behind.add(key, value, ttlMs, deadline),
    );
  }

  replace(key: string, expected: string, value: string, ttlMs: number, deadline: number): Promise<boolean> {
    return this.#run({ operation: 'replace', keys: [key], value, ttlMs, deadline }, () =>
      this.#behind.replace(key, expected, value, ttlMs, deadline),
    );
  }

  put(key: string, value: string, ttlMs: number, deadline: number): Promise<void> {
    return this.#run({ operation: 'put', keys: [key], value, ttlMs, deadline }, () =>
      this.#behind.put(key, value, ttlMs, deadline),
    );
  }

  async #run<T>(call: CacheCall, apply: () => Promise<T>): Promise<T> {
    this.calls.push(call);
    const ending = await this.script(call);
    if (ending === 'failed') throw new CacheUnavailable('scripted failure');
    const answer = await apply();
    if (ending === 'lost') throw new CacheUnavailable('scripted loss of the answer');
    return answer;
  }
}
