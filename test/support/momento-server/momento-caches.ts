import { status } from '@grpc/grpc-js';
import type { Condition } from './momento-request.ts';

const DAY_MS = 86_400_000;

interface Item {
  readonly value: Buffer;
  readonly expiresAt: number;
}

/** A refusal as it goes over the wire. */
export class MomentoRefusal extends Error {
  readonly status: status;
  readonly err: string | undefined;
  constructor(code: status, details: string, err?: string) {
    super(details);
    this.status = code;
    this.err = err;
  }
}

/** Named caches of items that expire, and what may be done to one item. */
export class MomentoCaches {
  readonly #now: () => number;
  readonly #caches = new Map<string, Map<string, Item>>();

  /** @param now milliseconds on a scale that never goes back */
  constructor(now: () => number) {
    this.#now = now;
  }

  get names(): readonly string[] {
    return [...this.#caches.keys()];
  }

  create(name: string): void {
    if (name === '') throw new MomentoRefusal(status.INVALID_ARGUMENT, 'a cache needs a name');
    if (this.#caches.has(name)) {
      throw new MomentoRefusal(status.ALREADY_EXISTS, `Cache with name: ${name} already exists`);
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
      throw new MomentoRefusal(status.INVALID_ARGUMENT, `ttl_milliseconds: ${ttlMs} is not within a day`);
    }
    const item = { value: Buffer.from(value), expiresAt: this.#now() + ttlMs };
    this.#items(cache).set(nameOf(key), item);
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
    const met = isMet(condition, this.#find(cache, key), compared);
    if (met) this.set(cache, key, value, ttlMs);
    return met;
  }

  delete(cache: string, key: Uint8Array): void {
    this.#items(cache).delete(nameOf(key));
  }

  #find(cache: string, key: Uint8Array): Buffer | undefined {
    const item = this.#items(cache).get(nameOf(key));
    return item !== undefined && this.#now() < item.expiresAt ? item.value : undefined;
  }

  #items(cache: string): Map<string, Item> {
    const items = this.#caches.get(cache);
    if (items === undefined) {
      throw new MomentoRefusal(status.NOT_FOUND, `Cache with name: ${cache} doesn't exist`);
    }
    return items;
  }
}

function isMet(condition: Condition, found: Buffer | undefined, compared: Uint8Array): boolean {
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

/** Keys are bytes; a map compares text. */
const nameOf = (key: Uint8Array): string => Buffer.from(key).toString('latin1');
