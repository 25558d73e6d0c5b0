import { MemoryCache } from '../../../../src/adapters/caches/memory/memory-cache.ts';
import { StoreCheckedCache } from '../../../../src/adapters/caches/memory/store-checked-cache.ts';
import { MemoryUserStore } from '../../../../src/adapters/stores/memory/memory-user-store.ts';
import type { Change } from '../../../../src/domain/change.ts';
import type { Cache } from '../../../../src/ports/cache.ts';
import type { Clock } from '../../../../src/ports/clock.ts';
import type { ExternalCommits } from '../../../../src/ports/external-commits.ts';
import { overrideStore } from '../mutants/override-ports.ts';
import type { Overrides } from './simulated-instance.ts';

export type CreateCache = (clock: Clock, commits: ExternalCommits) => Cache;

/** The end of a turn is a step: others may commit between a read and its check. */
export function storeChecked(clock: Clock, commits: ExternalCommits, cache = memoryCache(clock)): Cache {
  return new StoreCheckedCache(cache, commits, () => clock.sleep(0));
}

export function memoryCache(clock: Clock): MemoryCache {
  return new MemoryCache({ clock, maxEntries: 50 });
}

/** Gives each instance its own memory cache, which is checked against the commits of the others, as on one SQLite file. */
export function privateCaches(createCache: CreateCache = storeChecked): Overrides {
  let store: AttributedStore;
  return {
    hasPrivateCaches: true,
    store: (clock) => {
      store = new AttributedStore(clock);
      return store;
    },
    instance: (parts, number) => {
      const currentStore = store;
      return {
        ...parts,
        cache: createCache(parts.clock, { dataVersion: () => currentStore.commitsOfOthers(number) }),
        store: overrideStore(parts.store, {
          commit: (change, deadline) => {
            currentStore.attribute(change, number);
            return parts.store.commit(change, deadline);
          },
        }),
      };
    },
  };
}

/** Counts commits by the instance that sent them. */
class AttributedStore extends MemoryUserStore {
  readonly #senders = new WeakMap<Change, number>();
  readonly #commits = new Map<number | undefined, number>();

  constructor(clock: Clock) {
    super({ clock });
  }

  attribute(change: Change, instance: number): void {
    this.#senders.set(change, instance);
  }

  commitsOfOthers(instance: number): number {
    return [...this.#commits].reduce((sum, [sender, count]) => (sender === instance ? sum : sum + count), 0);
  }

  override async commit(change: Change, deadline: number): Promise<void> {
    await super.commit(change, deadline);
    const sender = this.#senders.get(change);
    this.#commits.set(sender, (this.#commits.get(sender) ?? 0) + 1);
  }
}
