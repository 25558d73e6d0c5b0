import { expect } from 'chai';
import { MemoryCache } from '../../../../src/adapters/caches/memory/memory-cache.ts';
import { overrideCache } from '../mutants/override-ports.ts';
import { explore } from './explore.ts';
import { type CreateCache, memoryCache, privateCaches, storeChecked } from './private-caches.ts';

/** With this seed, the mutants fail after few schedules. */
const MUTANT_SEED = 5;

/** Drops markers as well, so that nothing protects a commit in progress. */
class DroppingMarkers extends MemoryCache {
  #generation = 0;

  override invalidate(): void {
    this.#generation += 1;
  }

  override get(key: string, deadline: number): Promise<string | undefined> {
    return super.get(this.#current(key), deadline);
  }

  override getMany(keys: readonly string[], deadline: number): Promise<(string | undefined)[]> {
    return super.getMany(
      keys.map((key) => this.#current(key)),
      deadline,
    );
  }

  override add(key: string, value: string, ttlMs: number, deadline: number): Promise<boolean> {
    return super.add(this.#current(key), value, ttlMs, deadline);
  }

  override replace(key: string, expected: string, value: string, ttlMs: number, deadline: number) {
    return super.replace(this.#current(key), expected, value, ttlMs, deadline);
  }

  override put(key: string, value: string, ttlMs: number, deadline: number): Promise<void> {
    return super.put(this.#current(key), value, ttlMs, deadline);
  }

  #current(key: string): string {
    return `${this.#generation}:${key}`;
  }
}

/** Does not invalidate leases and markers. */
class DroppingValuesOnly extends MemoryCache {
  readonly #values = new Set<string>();

  override invalidate(): void {
    for (const key of this.#values) void super.put(key, 'dropped', 1, Number.POSITIVE_INFINITY);
  }

  override async replace(key: string, expected: string, value: string, ttlMs: number, deadline: number) {
    this.#values.add(key);
    return super.replace(key, expected, value, ttlMs, deadline);
  }
}

/** Lets a read rely on the check of the read before it. */
const checkingEveryOther: CreateCache = (clock, commits) => {
  const cache = memoryCache(clock);
  const checked = storeChecked(clock, commits, cache);
  let reads = 0;
  const next = () => {
    reads += 1;
    return reads % 2 === 0 ? cache : checked;
  };
  return overrideCache(cache, {
    get: (key, deadline) => next().get(key, deadline),
    getMany: (keys, deadline) => next().getMany(keys, deadline),
  });
};

/** Each without one rule, by that rule. */
const MUTANTS: Readonly<Record<string, CreateCache>> = {
  'reads are checked': memoryCache,
  'each read has a check of its own, or one that begins later': checkingEveryOther,
  'markers are kept': (clock, commits) =>
    storeChecked(clock, commits, new DroppingMarkers({ clock, maxEntries: 50 })),
  'leases and markers are invalidated': (clock, commits) =>
    storeChecked(clock, commits, new DroppingValuesOnly({ clock, maxEntries: 50 })),
};

/** The mutant that only hundreds of schedules detect: left to `npm run test:long`. */
const ELUSIVE = 'markers are kept';

export function privateCacheMutantsSuite({ elusive }: { elusive: boolean }): void {
  const mutants = Object.entries(MUTANTS).filter(([rule]) => (rule === ELUSIVE) === elusive);
  for (const [rule, createCache] of mutants) {
    it(`violate a property in some schedule unless ${rule}`, async function () {
      this.timeout(300_000);
      const overrides = privateCaches(createCache);
      const { failure } = await explore({ runs: 3000, seed: MUTANT_SEED, shrinks: false, overrides });
      expect(failure, 'a failing schedule').not.to.equal(undefined);
    });
  }
}
