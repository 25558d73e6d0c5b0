import type { Deadline } from '../../ports/clock.ts';
import { StoreUnavailable } from '../../ports/errors.ts';
import type { Ids } from '../../ports/ids.ts';
import type { Meta, MetaStore } from '../../ports/user-store.ts';

/**
 * The cache of this instance is not the one registered in the store. The instance would write without marking the entries
 * that other instances read.
 */
export class CacheBindingRefused extends Error {
  override readonly name = 'CacheBindingRefused';
}

/** Identifies a cache, so that instances can verify that they use the same one. */
export interface CacheIdentity {
  /** The settings as one line of text: equal for instances that share the cache. */
  readonly description: string;
  /** `true` = the cache exists in one process only, so no other process may have the store open. */
  readonly isPrivate: boolean;
}

const MAX_ATTEMPTS = 5;
const KEEPS_CHANGING = 'The meta record keeps changing, because other instances are starting. Try again.';

/**
 * Binds the cache to the store. The store's meta record registers the cache that all instances use. An instance that has
 * the store open exclusively registers its own cache and raises the generation; any other must be configured with the
 * registered one.
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
   * Establishes the binding once, for all concurrent callers; afterwards returns it immediately.
   * @throws {CacheBindingRefused | StoreUnavailable}
   */
  establish(deadline: Deadline): Meta | Promise<Meta> {
    if (this.#established !== undefined) return this.#established;
    this.#establishing ??= this.#bind(deadline)
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
   * Registers the cache of this process and raises the generation. Only while no instance is running: a running one would
   * continue with the previous cache.
   */
  adopt(deadline: Deadline): Promise<Meta> {
    return this.#raiseGeneration(deadline, this.#cache.description);
  }

  /** Raises the generation, which invalidates everything cached so far. Only while no instance is running. */
  reset(deadline: Deadline): Promise<Meta> {
    return this.#raiseGeneration(deadline, undefined);
  }

  async #raiseGeneration(deadline: Deadline, cache: string | undefined): Promise<Meta> {
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
      const meta = await this.#store.readMeta(deadline);
      const next = this.#nextMeta(meta, cache ?? meta?.cache ?? this.#cache.description);
      if (await this.#store.replaceMeta(meta, next, deadline)) return next;
    }
    throw new StoreUnavailable(KEEPS_CHANGING);
  }

  /** With a new store id: a restored backup has an old generation and would otherwise reach a number used before. */
  #nextMeta(meta: Meta | undefined, cache: string): Meta {
    return { storeId: this.#ids.token(), generation: (meta?.generation ?? 0) + 1, cache };
  }

  async #bind(deadline: Deadline): Promise<Meta> {
    if (this.#cache.isPrivate) {
      if (!this.#store.exclusive) {
        throw new CacheBindingRefused(
          'another process has the store open and cannot invalidate a cache in this process. Stop that process, or use CACHE=none or a shared cache in all of them',
        );
      }
      return this.#matchOrRegister(deadline);
    }
    await this.#matchOrRegister(deadline);
    await this.#store.share(deadline);
    // In between, another instance may have opened the store exclusively and registered its own cache.
    return this.#matchOrRegister(deadline);
  }

  async #matchOrRegister(deadline: Deadline): Promise<Meta> {
    const { description } = this.#cache;
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
      const meta = await this.#store.readMeta(deadline);
      if (meta?.cache === description) return meta;
      if (meta !== undefined && !this.#store.exclusive) {
        throw new CacheBindingRefused(
          `the instances of this store use the cache "${meta.cache}", but "${description}" is configured here. Configure the same cache; or, to change it for all instances, stop them and run \`rollcall cache adopt\``,
        );
      }
      const next = this.#nextMeta(meta, description);
      if (await this.#store.replaceMeta(meta, next, deadline)) return next;
    }
    throw new StoreUnavailable(KEEPS_CHANGING);
  }
}
