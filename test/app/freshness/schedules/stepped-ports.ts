import type { Change, IdempotencyRecord } from '../../../../src/domain/change.ts';
import { type LoadedAll, type RecordKey, recordId } from '../../../../src/domain/records.ts';
import type { Cache } from '../../../../src/ports/cache.ts';
import type { Deadline } from '../../../../src/ports/clock.ts';
import type { Committer, IdempotencyLog, RecordReader } from '../../../../src/ports/user-store.ts';
import type { PortOperation } from './schedule.ts';

/** An operation that an instance has sent and that is not applied yet. */
export interface Sent<T> {
  readonly operation: PortOperation;
  readonly keys: readonly string[];
  readonly expected?: string;
  readonly sent?: unknown;
  readonly deadline: Deadline;
  /** @param deadline `Infinity` where it lands though it has missed its own */
  apply(deadline: Deadline): Promise<T>;
}

/** Makes a step of it, to be taken whenever the schedule says, if ever. */
export type Send = <T>(operation: Sent<T>) => Promise<T>;

export type Store = RecordReader & Committer & IdempotencyLog;

export class SteppedCache implements Cache {
  readonly #behind: Cache;
  readonly #send: Send;

  constructor(behind: Cache, send: Send) {
    this.#behind = behind;
    this.#send = send;
  }

  get(key: string, deadline: Deadline): Promise<string | undefined> {
    return this.#send({
      operation: 'get',
      keys: [key],
      deadline,
      apply: (until) => this.#behind.get(key, until),
    });
  }

  getMany(keys: readonly string[], deadline: Deadline): Promise<(string | undefined)[]> {
    return this.#send({
      operation: 'getMany',
      keys,
      deadline,
      apply: (until) => this.#behind.getMany(keys, until),
    });
  }

  add(key: string, sent: string, ttlMs: number, deadline: Deadline): Promise<boolean> {
    return this.#send({
      operation: 'add',
      keys: [key],
      sent,
      deadline,
      apply: (until) => this.#behind.add(key, sent, ttlMs, until),
    });
  }

  replace(key: string, expected: string, sent: string, ttlMs: number, deadline: Deadline): Promise<boolean> {
    return this.#send({
      operation: 'replace',
      keys: [key],
      expected,
      sent,
      deadline,
      apply: (until) => this.#behind.replace(key, expected, sent, ttlMs, until),
    });
  }

  put(key: string, sent: string, ttlMs: number, deadline: Deadline): Promise<void> {
    return this.#send({
      operation: 'put',
      keys: [key],
      sent,
      deadline,
      apply: (until) => this.#behind.put(key, sent, ttlMs, until),
    });
  }
}

export class SteppedStore implements Store {
  readonly #behind: Store;
  readonly #send: Send;

  constructor(behind: Store, send: Send) {
    this.#behind = behind;
    this.#send = send;
  }

  readMany<const Keys extends readonly RecordKey[]>(
    keys: Keys,
    deadline: Deadline,
  ): Promise<LoadedAll<Keys>> {
    return this.#send({
      operation: 'readMany',
      keys: keys.map(recordId),
      deadline,
      apply: (until) => this.#behind.readMany(keys, until),
    });
  }

  readIdempotencyRecord(id: string, now: string, deadline: Deadline): Promise<IdempotencyRecord | undefined> {
    return this.#send({
      operation: 'readIdempotencyRecord',
      keys: [id],
      deadline,
      apply: (until) => this.#behind.readIdempotencyRecord(id, now, until),
    });
  }

  /** One that lands late still lands before its deadline, or never: the store can tell. */
  commit(change: Change, deadline: Deadline): Promise<void> {
    return this.#send({
      operation: 'commit',
      keys: change.writes.map(({ key }) => recordId(key)),
      sent: change,
      deadline,
      apply: () => this.#behind.commit(change, deadline),
    });
  }
}
