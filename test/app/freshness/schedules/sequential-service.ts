import { MemoryUserStore } from '../../../../src/adapters/stores/memory/memory-user-store.ts';
import { CacheBinding } from '../../../../src/app/freshness/cache-binding.ts';
import type { Change, IdempotencyRecord } from '../../../../src/domain/change.ts';
import type { LoadedAll, RecordKey } from '../../../../src/domain/records.ts';
import type { Cache } from '../../../../src/ports/cache.ts';
import type { Clock } from '../../../../src/ports/clock.ts';
import type { CommitLog, Instant } from './commit-log.ts';
import { CountingIds } from './counting-ids.ts';
import { idempotently, type Operation, type Outcome, outcomeOf, type ServiceUnderTest } from './operation.ts';
import { SeededCircuitBreaker } from './seeded-circuit-breaker.ts';
import { SETTINGS } from './settings.ts';
import { simulatedInstance } from './simulated-instance.ts';
import type { Store } from './stepped-ports.ts';

/** The store as it was at one instant. What is committed is not applied, but kept for whoever wants to know. */
class StoreAtInstant implements Store {
  log: CommitLog;
  instant: Instant = 0;
  /** The commit whose remembered outcome was looked up and found. */
  replayed: Instant | undefined;
  change: Change | undefined;

  constructor(log: CommitLog) {
    this.log = log;
  }

  async readMany<const Keys extends readonly RecordKey[]>(keys: Keys): Promise<LoadedAll<Keys>> {
    return keys.map((key) => this.log.at(this.instant, key)) as unknown as LoadedAll<Keys>;
  }

  async readIdempotencyRecord(id: string): Promise<IdempotencyRecord | undefined> {
    this.replayed = this.log.instantOfOutcome(id, this.instant);
    return this.replayed === undefined ? undefined : this.log.commitAt(this.replayed)?.change.idempotency;
  }

  async commit(change: Change): Promise<void> {
    this.change = change;
  }
}

/** Nobody reads it, and it says yes to everything. */
const noCache: Cache = {
  get: async () => undefined,
  getMany: async (keys) => keys.map(() => undefined),
  add: async () => true,
  replace: async () => true,
  put: async () => {},
};

/** What a call comes to when nobody else is there. */
export interface Alone {
  readonly outcome: Outcome;
  /** What it would then commit. */
  readonly change: Change | undefined;
  /** The instant from which on its answer was remembered already. */
  readonly replayed: Instant | undefined;
}

/** The specification: the same service, asked alone at one instant, with a store that stands still and no cache. */
export class SequentialService {
  readonly #store: StoreAtInstant;
  readonly #doors: () => ServiceUnderTest;
  #now = 0;

  constructor(log: CommitLog) {
    this.#store = new StoreAtInstant(log);
    const clock: Clock = { now: () => this.#now, monotonic: () => 0, sleep: async () => {} };
    const ids = new CountingIds();
    const breaker = new SeededCircuitBreaker();
    breaker.isOpen = () => true;
    this.#doors = simulatedInstance({
      store: this.#store,
      cache: noCache,
      binding: new CacheBinding(
        new MemoryUserStore({ clock }),
        { description: 'none', isPrivate: true },
        ids,
      ),
      breaker,
      settings: SETTINGS,
      clock,
      ids,
      telemetry: { emit: () => {} },
    });
  }

  /** @param now what the clock says @param key of a call that may be repeated */
  async ask(operation: Operation, instant: Instant, now: number, key?: string): Promise<Alone> {
    this.#store.instant = instant;
    this.#store.change = undefined;
    this.#store.replayed = undefined;
    this.#now = now;
    const outcome = await outcomeOf(operation.ask(idempotently(this.#doors(), operation, key)));
    return { outcome, change: this.#store.change, replayed: this.#store.replayed };
  }
}
