import { decode } from '../../src/app/freshness/cache-entry.ts';
import type { FreshnessParts } from '../../src/app/freshness/freshness-parts.ts';
import type { Membership } from '../../src/domain/membership.ts';
import type { KeyOf, Loaded } from '../../src/domain/records.ts';
import type { Cache } from '../../src/ports/cache.ts';
import { serverOf } from '../contracts/cache/cache-under-test.ts';
import type { BoundStore } from '../support/bound-store.ts';

export const PARTIES = ['later reader', 'reader', 'writer'] as const;
export type Party = (typeof PARTIES)[number];

export interface Step {
  readonly by: Party;
  /** Absent when the party answers its own client. */
  readonly at?: 'cache' | 'store';
  readonly what: string;
  /** What the cache holds after the step; `stale` = a value that the store no longer holds. */
  readonly cache: 'nothing' | 'lease' | 'marker' | `value: ${string}` | `stale: ${string}`;
  /** The role that the store holds after the step. */
  readonly store: string;
}

type LoadedMembership = Loaded<KeyOf<'membership'>>;

/** Records each operation on one record, and the state of cache and store after it. */
export class Recorder {
  readonly steps: Step[] = [];
  readonly #store: BoundStore;
  readonly #cache: Cache;
  readonly #key: KeyOf<'membership'>;
  readonly #at: string;
  readonly #soon: () => number;

  constructor(of: {
    store: BoundStore;
    cache: Cache;
    key: KeyOf<'membership'>;
    at: string;
    soon: () => number;
  }) {
    this.#store = of.store;
    this.#cache = of.cache;
    this.#key = of.key;
    this.#at = of.at;
    this.#soon = of.soon;
  }

  /** Store and cache as one party uses them. @param fillsWhen delays every value that it sets in the cache */
  seenBy(by: Party, fillsWhen: Promise<void>): Pick<FreshnessParts, 'store' | 'cache'> {
    const [store, cache] = [this.#store, this.#cache];
    return {
      store: {
        on: () => ({
          readMany: async (keys, deadline) => {
            const loaded = await store.readMany(keys, deadline);
            await this.note(by, `read → ${roleOf(loaded[0] as Loaded)}`, 'store');
            return loaded;
          },
          commit: async (change, deadline) => {
            await store.commit(change, deadline);
            await this.note(by, 'commit removal', 'store');
          },
          readIdempotencyRecord: (...args) => store.readIdempotencyRecord(...args),
        }),
      },
      cache: {
        server: () => cache.server(),
        reconnect: () => {},
        getMany: (...args) => cache.getMany(...args),
        get: async (...args) => {
          const entry = await cache.get(...args);
          await this.note(by, `get → ${entry === undefined ? 'miss' : contentOf(entry)}`, 'cache');
          return entry;
        },
        add: async (...args) => {
          const isWon = await cache.add(...args);
          await this.note(by, `add lease: ${isWon ? 'won' : 'lost'}`, 'cache');
          return isWon;
        },
        replace: async (key, expected, ...rest) => {
          await fillsWhen;
          const isDone = await cache.replace(key, expected, ...rest);
          await this.note(by, `replace ${decode(expected).type}${isDone ? '' : ': refused'}`, 'cache');
          return isDone;
        },
        put: async (key, value, ...rest) => {
          await fillsWhen;
          await cache.put(key, value, ...rest);
          await this.note(by, `set ${contentOf(value)}`, 'cache');
        },
      },
    };
  }

  async note(by: Party, what: string, at?: 'cache' | 'store'): Promise<void> {
    const [stored] = await this.#store.readMany([this.#key], this.#soon());
    const entry = await this.#cache.get(this.#at, serverOf(this.#cache), this.#soon());
    this.steps.push({
      by,
      ...(at === undefined ? {} : { at }),
      what,
      cache: entry === undefined ? 'nothing' : heldIn(entry, stored),
      store: roleOf(stored),
    });
  }
}

function heldIn(entry: string, stored: LoadedMembership): Step['cache'] {
  const held = decode(entry);
  if (held.type !== 'value') return held.type;
  return held.version === stored.version ? `value: ${roleOf(held)}` : `stale: ${roleOf(held)}`;
}

function contentOf(entry: string): string {
  const held = decode(entry);
  return held.type === 'value' ? roleOf(held) : held.type;
}

function roleOf({ record }: { readonly record: unknown }): string {
  return (record as Membership | undefined)?.role ?? 'no member';
}
