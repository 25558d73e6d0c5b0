import { status } from '@grpc/grpc-js';
import type { Condition } from './momento-request.ts';

const DAY_MS = 86_400_000;

interface Item {
  readonly value: Buffer;
  readonly expiresAt: number;
}

/** An error response. */
export class MomentoRpcError extends Error {
  readonly status: status;
  readonly err: string | undefined;
  constructor(code: status, details: string, err?: string) {
    super(details);
    this.status = code;
    this.err = err;
  }
}

/** Named caches whose items expire. */
export class MomentoCaches {
  readonly #now: () => number;
  readonly #caches = new Map<string, Map<string, Item>>();

  /** @param now a monotonic clock in milliseconds */
  constructor(now: () => number) {
    this.#now = now;
  }

  get names(): readonly string[] {
    return [...this.#caches.keys()];
  }

  create(name: string): void {
    if (name === '') throw new MomentoRpcError(status.INVALID_ARGUMENT, 'the cache name is empty');
    if (this.#caches.has(name)) {
      throw new MomentoRpcError(status.ALREADY_EXISTS, `Cache with name: ${name} already exists`);
    }
    this.#caches.set(name, new Map());
  }

  remove(name: string): void {
    this.#items(name);
    this.#caches.delete(name);
  }

  get(cache: string, key: Uint8Array): Buffer | undefined {
    return this.#find(cache, key);
  }

  set(cache: string, key: Uint8Array, value: Uint8Array, ttlMs: number): void {
    if (!(ttlMs >= 1 && ttlMs <= DAY_MS)) {
      throw new MomentoRpcError(
        status.INVALID_ARGUMENT,
        `ttl_milliseconds must be 1 to ${DAY_MS}, not ${ttlMs}`,
      );
    }
    const item = { value: Buffer.from(value), expiresAt: this.#now() + ttlMs };
    this.#items(cache).set(mapKeyOf(key), item);
  }

  /** @returns whether it was stored */
  setIf(
    cache: string,
    key: Uint8Array,
    value: Uint8Array,
    ttlMs: number,
    condition: Condition,
    compared: Uint8Array,
  ): boolean {
    const isStored = conditionHolds(condition, this.#find(cache, key), compared);
    if (isStored) this.set(cache, key, value, ttlMs);
    return isStored;
  }

  delete(cache: string, key: Uint8Array): void {
    this.#items(cache).delete(mapKeyOf(key));
  }

  #find(cache: string, key: Uint8Array): Buffer | undefined {
    const item = this.#items(cache).get(mapKeyOf(key));
    return item !== undefined && this.#now() < item.expiresAt ? item.value : undefined;
  }

  #items(cache: string): Map<string, Item> {
    const items = this.#caches.get(cache);
    if (items === undefined) {
      throw new MomentoRpcError(status.NOT_FOUND, `Cache with name: ${cache} doesn't exist`);
    }
    return items;
  }
}

function conditionHolds(condition: Condition, found: Buffer | undefined, compared: Uint8Array): boolean {
  const equal = found?.equals(compared) ?? false;
  switch (condition) {
    case 'absent':
      return found === undefined;
    case 'present':
      return found !== undefined;
    case 'equal':
      return equal;
    case 'not_equal':
      return !equal;
    case 'absent_or_equal':
      return found === undefined || equal;
    case 'present_and_not_equal':
      return found !== undefined && !equal;
  }
}

/** A map compares text, but keys are bytes. */
const mapKeyOf = (key: Uint8Array): string => Buffer.from(key).toString('latin1');
