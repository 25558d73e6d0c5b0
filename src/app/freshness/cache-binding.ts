import type { Clock, Deadline } from '../../ports/clock.ts';
import { StoreUnavailable } from '../../ports/errors.ts';
import type { Ids } from '../../ports/ids.ts';
import type { Telemetry } from '../../ports/telemetry.ts';
import type { Meta, MetaAnswer, MetaStore, StoreServer } from '../../ports/user-store.ts';

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
const REPLACED =
  'The meta record of the store has changed since this instance started: the store was replaced, or another cache was registered. Restart this instance.';

interface BindingParts {
  readonly store: MetaStore;
  readonly cache: CacheIdentity;
  readonly ids: Ids;
  readonly clock: Pick<Clock, 'now'>;
  readonly telemetry: Telemetry;
}

/**
 * Binds the cache to the store. The store's meta record registers the cache that all instances use. An instance that has
 * the store open exclusively registers its own cache and raises the generation; any other must be configured with the
 * registered one.
 *
 * The meta record names the server that held the store as well. Where another server answers, that one may lack changes that
 * were acknowledged and cached, so the first instance that notices raises the generation, and the others follow.
 */
export class CacheBinding {
  readonly #parts: BindingParts;
  #established: Meta | undefined;
  #establishing: Promise<Meta> | undefined;

  constructor(parts: BindingParts) {
    this.#parts = parts;
  }

  /**
   * Establishes the binding once, for all concurrent callers, and again after a failover of the store; otherwise returns it
   * immediately.
   * @throws {CacheBindingRefused | StoreUnavailable}
   */
  establish(deadline: Deadline): Meta | Promise<Meta> {
    const established = this.#established;
    if (established !== undefined && this.#isOfCurrentServer(established)) return established;
    this.#establishing ??= this.#bind(deadline)
      .then((meta) => {
        this.#established = meta;
        if (established !== undefined) this.#report(established.storeServer, meta.storeServer);
        return meta;
      })
      .finally(() => {
        this.#establishing = undefined;
      });
    return this.#establishing;
  }

  /**
   * Reads the meta record again, and follows a failover of the store.
   * @throws {CacheBindingRefused | StoreUnavailable} also if this instance is bound to another meta record
   */
  async verify(deadline: Deadline): Promise<Meta> {
    const bound = await this.establish(deadline);
    const { meta } = await this.#parts.store.readMeta(deadline);
    if (isSameGeneration(meta, bound) && this.#isOfCurrentServer(bound)) return bound;
    const rebound = await this.establish(deadline);
    if (rebound === bound) throw new StoreUnavailable(REPLACED);
    return rebound;
  }

  /**
   * Registers the cache of this process and raises the generation. Only while no instance is running: a running one would
   * continue with the previous cache.
   */
  adopt(deadline: Deadline): Promise<Meta> {
    return this.#raiseGeneration(deadline, this.#parts.cache.description);
  }

  /** Raises the generation, which invalidates everything cached so far. Only while no instance is running. */
  reset(deadline: Deadline): Promise<Meta> {
    return this.#raiseGeneration(deadline, undefined);
  }

  async #raiseGeneration(deadline: Deadline, cache: string | undefined): Promise<Meta> {
    const { store } = this.#parts;
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
      const answer = await store.readMeta(deadline);
      const next = this.#nextMeta(answer, cache ?? answer.meta?.cache ?? this.#parts.cache.description);
      if (await store.replaceMeta(answer.meta, next, deadline)) return next;
    }
    throw new StoreUnavailable(KEEPS_CHANGING);
  }

  /** With a new store id: a restored backup has an old generation and would otherwise reach a number used before. */
  #nextMeta({ meta, answeredBy }: MetaAnswer, cache: string): Meta {
    return {
      storeId: this.#parts.ids.token(),
      generation: (meta?.generation ?? 0) + 1,
      cache,
      ...(answeredBy === undefined ? {} : { storeServer: answeredBy }),
    };
  }

  async #bind(deadline: Deadline): Promise<Meta> {
    const { store, cache } = this.#parts;
    if (cache.isPrivate) {
      if (!store.exclusive) {
        throw new CacheBindingRefused(
          'another process has the store open and cannot invalidate a cache in this process. Stop that process, or use CACHE=none or a shared cache in all of them',
        );
      }
      return this.#matchOrRegister(deadline);
    }
    await this.#matchOrRegister(deadline);
    await store.share(deadline);
    // In between, another instance may have opened the store exclusively and registered its own cache.
    return this.#matchOrRegister(deadline);
  }

  async #matchOrRegister(deadline: Deadline): Promise<Meta> {
    const { store, cache } = this.#parts;
    const { description } = cache;
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
      const answer = await store.readMeta(deadline);
      const { meta } = answer;
      if (meta?.cache === description) {
        const next = this.#onAnsweringServer(meta, answer);
        if (next === meta) return meta;
        if (!(await store.replaceMeta(meta, next, deadline))) continue;
        if (this.#established === undefined) this.#report(meta.storeServer, next.storeServer);
        return next;
      }
      if (meta !== undefined && !store.exclusive) {
        throw new CacheBindingRefused(
          `the instances of this store use the cache "${meta.cache}", but "${description}" is configured here. Configure the same cache; or, to change it for all instances, stop them and run \`rollcall cache adopt\``,
        );
      }
      const next = this.#nextMeta(answer, description);
      if (await store.replaceMeta(meta, next, deadline)) return next;
    }
    throw new StoreUnavailable(KEEPS_CHANGING);
  }

  /** The meta record as it must be on the server that answered: the same, or one of a new generation. */
  #onAnsweringServer(meta: Meta, answer: MetaAnswer): Meta {
    const { answeredBy } = answer;
    if (answeredBy === undefined || meta.storeServer === answeredBy) return meta;
    // An earlier version of Rollcall wrote it: which server held the store is not known.
    if (meta.storeServer === undefined) return { ...meta, storeServer: answeredBy };
    const at = new Date(this.#parts.clock.now()).toISOString();
    return { ...this.#nextMeta(answer, meta.cache), failover: { from: meta.storeServer, at } };
  }

  #isOfCurrentServer({ storeServer }: Meta): boolean {
    const { currentServer } = this.#parts.store;
    return currentServer === undefined || currentServer === storeServer;
  }

  #report(from: StoreServer | undefined, to: StoreServer | undefined): void {
    if (from === undefined || to === undefined || from === to) return;
    this.#parts.telemetry.emit({ type: 'store_failover', from, to });
  }
}

function isSameGeneration(one: Meta | undefined, other: Meta): boolean {
  return one?.storeId === other.storeId && one.generation === other.generation && one.cache === other.cache;
}
