import type { Deadline } from '../../ports/clock.ts';
import { StoreUnavailable } from '../../ports/errors.ts';
import type { Ids } from '../../ports/ids.ts';
import type { Meta, MetaStore } from '../../ports/user-store.ts';

/** This instance's cache is not the one that the instances on its store use: it would write without marking what they read. */
export class CacheBindingRefused extends Error {
  override readonly name = 'CachePairingRefused';
}

/** A cache as instances must agree on it. */
export interface CacheIdentity {
  /** The settings as one line of text: equal for instances that share the cache. */
  readonly description: string;
  /** Whether it lives in one process, so that no other may have the store open. */
  readonly isPrivate: boolean;
}

const ATTEMPTS = 5;
const KEEPS_CHANGING = 'The meta record keeps changing under other instances that are starting.';

/**
 * Which cache belongs to which store. The store's meta record says what the fleet uses; an instance that has the
 * store to itself adopts its own setting and raises the generation, any other must agree.
 */
export class CacheBinding {
  readonly #store: MetaStore;
  readonly #cache: CacheIdentity;
  readonly #ids: Ids;
  #established: Meta | undefined;
  #establishing: Promise<Meta> | undefined;

  constructor(store: MetaStore, cache: CacheIdentity, ids: Ids) {
    this.#store = store;
    this.#cache = cache;
    this.#ids = ids;
  }

  /**
   * Settles the pairing, once; afterwards it answers at once.
   * @throws {CacheBindingRefused | StoreUnavailable}
   */
  establish(deadline: Deadline): Meta | Promise<Meta> {
    if (this.#established !== undefined) return this.#established;
    this.#establishing ??= this.#settle(deadline)
      .then((meta) => {
        this.#established = meta;
        return meta;
      })
      .finally(() => {
        this.#establishing = undefined;
      });
    return this.#establishing;
  }

  /**
   * Makes this process's cache the one of the store, and raises the generation. Only while no instance is running: one
   * that is would go on with the cache it had.
   */
  adopt(deadline: Deadline): Promise<Meta> {
    return this.#raise(deadline, this.#cache.description);
  }

  /** Raises the generation: nothing that was cached before is believed any more. Only while no instance is running. */
  reset(deadline: Deadline): Promise<Meta> {
    return this.#raise(deadline, undefined);
  }

  async #raise(deadline: Deadline, cache: string | undefined): Promise<Meta> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const meta = await this.#store.readMeta(deadline);
      const next = this.#after(meta, cache ?? meta?.cache ?? this.#cache.description);
      if (await this.#store.replaceMeta(meta, next, deadline)) return next;
    }
    throw new StoreUnavailable(KEEPS_CHANGING);
  }

  /** The id is new each time: a restored backup has an old generation, and would come to a number that was used before. */
  #after(meta: Meta | undefined, cache: string): Meta {
    return { storeId: this.#ids.token(), generation: (meta?.generation ?? 0) + 1, cache };
  }

  async #settle(deadline: Deadline): Promise<Meta> {
    if (this.#cache.isPrivate) {
      if (!this.#store.exclusive) {
        throw new CacheBindingRefused(
          'another process has the store open and cannot invalidate a cache in this process. Stop that process, or use CACHE=none or a shared cache in all of them',
        );
      }
      return this.#agree(deadline);
    }
    await this.#agree(deadline);
    await this.#store.share(deadline);
    // In between, another instance may have had the store to itself and adopted a setting of its own.
    return this.#agree(deadline);
  }

  async #agree(deadline: Deadline): Promise<Meta> {
    const { description } = this.#cache;
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const meta = await this.#store.readMeta(deadline);
      if (meta?.cache === description) return meta;
      if (meta !== undefined && !this.#store.exclusive) {
        throw new CacheBindingRefused(
          `the instances of this store use the cache "${meta.cache}", but "${description}" is configured here. Configure the same cache; or, to change it for all instances, stop them and run \`rollcall cache adopt\``,
        );
      }
      const next = this.#after(meta, description);
      if (await this.#store.replaceMeta(meta, next, deadline)) return next;
    }
    throw new StoreUnavailable(KEEPS_CHANGING);
  }
}
