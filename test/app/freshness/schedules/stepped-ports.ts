import type { Change, IdempotencyRecord } from '../../../../src/domain/change.ts';
import { type LoadedAll, type RecordKey, recordId } from '../../../../src/domain/records.ts';
import type { Cache, ReachedServer } from '../../../../src/ports/cache.ts';
import type { Deadline } from '../../../../src/ports/clock.ts';
import type { CacheServer } from '../../../../src/ports/epoch.ts';
import type { Committer, IdempotencyLog, RecordReader } from '../../../../src/ports/user-store.ts';
import type { PortOperation } from './schedule.ts';

/** A port operation that an instance has requested. */
export interface PortRequest<T> {
  readonly operation: PortOperation;
  readonly keys: readonly string[];
  readonly expected?: string;
  readonly value?: unknown;
  readonly deadline: Deadline;
  /** @param deadline `Infinity` if the operation is applied after its own deadline */
  apply(deadline: Deadline): Promise<T>;
}

/** Queues a request as a step. The response may never arrive. */
export type SubmitRequest = <T>(request: PortRequest<T>) => Promise<T>;

export type Store = RecordReader & Committer & IdempotencyLog;

export class SteppedCache implements Cache {
  readonly #inner: Cache;
  readonly #submit: SubmitRequest;

  constructor(inner: Cache, submit: SubmitRequest) {
    this.#inner = inner;
    this.#submit = submit;
  }

  server(): ReachedServer | undefined {
    return this.#inner.server();
  }

  reconnect(): void {
    this.#inner.reconnect();
  }

  get(key: string, on: CacheServer, deadline: Deadline): Promise<string | undefined> {
    return this.#submit({
      operation: 'get',
      keys: [key],
      deadline,
      apply: (until) => this.#inner.get(key, on, until),
    });
  }

  getMany(keys: readonly string[], on: CacheServer, deadline: Deadline): Promise<(string | undefined)[]> {
    return this.#submit({
      operation: 'getMany',
      keys,
      deadline,
      apply: (until) => this.#inner.getMany(keys, on, until),
    });
  }

  add(key: string, value: string, ttlMs: number, on: CacheServer, deadline: Deadline): Promise<boolean> {
    return this.#submit({
      operation: 'add',
      keys: [key],
      value,
      deadline,
      apply: (until) => this.#inner.add(key, value, ttlMs, on, until),
    });
  }

  replace(
    key: string,
    expected: string,
    value: string,
    ttlMs: number,
    on: CacheServer,
    deadline: Deadline,
  ): Promise<boolean> {
    return this.#submit({
      operation: 'replace',
      keys: [key],
      expected,
      value,
      deadline,
      apply: (until) => this.#inner.replace(key, expected, value, ttlMs, on, until),
    });
  }

  put(key: string, value: string, ttlMs: number, on: CacheServer, deadline: Deadline): Promise<void> {
    return this.#submit({
      operation: 'put',
      keys: [key],
      value,
      deadline,
      apply: (until) => this.#inner.put(key, value, ttlMs, on, until),
    });
  }
}

export class SteppedStore implements Store {
  readonly #inner: Store;
  readonly #submit: SubmitRequest;

  constructor(inner: Store, submit: SubmitRequest) {
    this.#inner = inner;
    this.#submit = submit;
  }

  on(): this {
    return this;
  }

  readMany<const Keys extends readonly RecordKey[]>(
    keys: Keys,
    deadline: Deadline,
  ): Promise<LoadedAll<Keys>> {
    return this.#submit({
      operation: 'readMany',
      keys: keys.map(recordId),
      deadline,
      apply: (until) => this.#inner.readMany(keys, until),
    });
  }

  readIdempotencyRecord(id: string, now: string, deadline: Deadline): Promise<IdempotencyRecord | undefined> {
    return this.#submit({
      operation: 'readIdempotencyRecord',
      keys: [id],
      deadline,
      apply: (until) => this.#inner.readIdempotencyRecord(id, now, until),
    });
  }

  /** Always applied with its own deadline: the store refuses a commit that is late. */
  commit(change: Change, deadline: Deadline): Promise<void> {
    return this.#submit({
      operation: 'commit',
      keys: change.writes.map(({ key }) => recordId(key)),
      value: change,
      deadline,
      apply: () => this.#inner.commit(change, deadline),
    });
  }
}
