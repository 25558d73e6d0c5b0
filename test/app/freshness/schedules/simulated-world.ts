import { MemoryCache } from '../../../../src/adapters/memory/memory-cache.ts';
import { MemoryUserStore } from '../../../../src/adapters/memory/memory-user-store.ts';
import { CachePairing } from '../../../../src/app/freshness/cache-pairing.ts';
import type { CacheTrust } from '../../../../src/app/freshness/cache-trust.ts';
import { cacheKey } from '../../../../src/app/freshness/cached-kinds.ts';
import { decode, encodeValue } from '../../../../src/app/freshness/entry.ts';
import type { Change } from '../../../../src/domain/change.ts';
import { type RecordKey, recordId } from '../../../../src/domain/records.ts';
import type { Clock } from '../../../../src/ports/clock.ts';
import type { Meta } from '../../../../src/ports/user-store.ts';
import { breathe } from '../../../support/breathe.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import { Client } from './client.ts';
import { CommitLog } from './commit-log.ts';
import { CountingIds } from './counting-ids.ts';
import type { Call } from './history.ts';
import { type Doors, type Outcome, repeatably } from './operation.ts';
import { PendingOperation } from './pending-operation.ts';
import { RecordedStore } from './recorded-store.ts';
import type { Fate, Happening, PortOperation, Schedule } from './schedule.ts';
import { SeededTrust } from './seeded-trust.ts';
import { SETTINGS } from './settings.ts';
import { type Alteration, simulatedInstance } from './simulated-instance.ts';
import { type Send, SteppedCache, SteppedStore } from './stepped-ports.ts';
import { Steps } from './steps.ts';
import type { Traced } from './trace.ts';
import { KEYS, LAST_LOOKS } from './workload.ts';

/** No run comes near it, unless something never ends. */
const MAX_STEPS = 3000;
const NEVER = Number.POSITIVE_INFINITY;

/** Another store than the real one, for those who take a rule away. */
export type StoreMaker = (clock: Clock) => MemoryUserStore;

interface Instance {
  readonly doors: () => Doors;
  readonly trust: SeededTrust;
  isCrashed: boolean;
}

/** What stands in the cache though the store holds something else. */
export interface Stuck {
  readonly key: RecordKey;
  readonly cached: string;
  readonly stored: string;
}

/**
 * Several instances of the real application on one store and one cache, in which nothing happens but what the schedule
 * says, one step after the other.
 */
export class SimulatedWorld {
  readonly steps = new Steps();
  readonly log = new CommitLog();
  readonly calls: Call[] = [];
  readonly traced: Traced[] = [];
  readonly #schedule: Schedule;
  readonly #alteration: Alteration;
  readonly #clock = new ManualClock();
  readonly #store: RecordedStore;
  readonly #cache: MemoryCache;
  readonly #instances: Instance[] = [];
  readonly #ids = new CountingIds();
  readonly #pending = new Set<PendingOperation<unknown>>();
  readonly #counts = new Map<PortOperation, number>();
  readonly #onCrash = new Map<Call, () => void>();
  #meta: Meta | undefined;
  #isOver = false;

  constructor(schedule: Schedule, alteration: Alteration & { readonly store?: StoreMaker } = {}) {
    this.#schedule = schedule;
    this.#alteration = alteration;
    const makeStore = alteration.store ?? ((clock) => new MemoryUserStore({ clock }));
    this.#store = new RecordedStore(makeStore(this.#clock), this.log);
    this.#cache = new MemoryCache({ clock: this.#clock, maxEntries: 1000 });
  }

  get evictsMarkers(): boolean {
    return this.#schedule.evictsMarkers;
  }

  /** From the first call to the last, and on until nothing is under way any more. */
  async run(beginnings: readonly Change[]): Promise<void> {
    for (const change of beginnings) await this.#store.commit(change, NEVER);
    const pairing = new CachePairing(
      this.#store.behind,
      { description: 'simulated', isPrivate: false },
      this.#ids,
    );
    this.#meta = await pairing.establish(NEVER);
    for (let i = 0; i < this.#schedule.instances; i += 1) this.#instances.push(this.#instance(i, pairing));
    if (this.#schedule.isCacheWarm) await this.#warmUp();
    for (const [i, plan] of this.#schedule.clients.entries()) {
      Client.of(this, i + 1, plan, this.#schedule.theme).start();
    }
    await this.#takeSteps();
    this.#isOver = true;
    this.#trace({ type: 'stage', what: 'All has ended. One more looks.' });
    const last = LAST_LOOKS.map((operation) => ({ operation, isRepeatable: false }));
    new Client(this, 0, 0, last).start();
    await this.#takeSteps();
    await this.#clock.advance(SETTINGS.markerTtlMs + SETTINGS.leaseTtlMs);
    this.#trace({ type: 'stage', what: 'All markers and leases have expired.' });
  }

  begin(call: Pick<Call, 'operation' | 'client' | 'instance' | 'key'>, onCrash: () => void): Call {
    const began = { instant: this.log.now, step: this.steps.taken, now: this.#clock.now() };
    const begun: Call = { ...call, began, isGivenUp: false };
    this.calls.push(begun);
    this.#onCrash.set(begun, onCrash);
    this.#trace({ type: 'asked', ...about(begun) });
    return begun;
  }

  end(call: Call, outcome: Outcome): void {
    call.ended = { instant: this.log.now, step: this.steps.taken, outcome };
    this.#onCrash.delete(call);
    this.#trace({ type: 'answered', ...about(call), outcome });
  }

  doors({ instance, operation, key }: Call): Doors {
    const { doors } = this.#at(instance);
    return repeatably(doors(), operation, key);
  }

  /** The first living one from this number on. */
  livingInstance(from: number): number {
    for (let i = from; ; i += 1) {
      const number = i % this.#instances.length;
      if (!this.#at(number).isCrashed) return number;
    }
  }

  /** What is left in the cache and differs from the store. */
  async stuck(): Promise<readonly Stuck[]> {
    const found: Stuck[] = [];
    for (const key of KEYS) {
      const cached = await this.#cache.get(this.#cacheKey(key), NEVER);
      const { version, record } = this.log.at(this.log.now, key);
      const stored = encodeValue(version, record);
      if (cached !== undefined && cached !== stored) found.push({ key, cached, stored });
    }
    return found;
  }

  async #takeSteps(): Promise<void> {
    while (this.steps.pending.length > 0 && this.steps.taken < MAX_STEPS) {
      await this.#clock.advance(1);
      const at = this.steps.taken;
      if (!this.#isOver) {
        for (const one of this.#schedule.happenings) if (one.at === at) await this.#happen(one.what);
      }
      if (await this.#timeOut()) continue;
      const to = this.#isOver ? undefined : this.#schedule.switches.find((one) => one.at === at)?.to;
      await this.steps.take(to)?.run();
      await breathe();
    }
  }

  /** Whatever has missed its deadline. @returns whether there was anything */
  async #timeOut(): Promise<boolean> {
    const overdue = [...this.#pending].filter((one) => one.isOverdue);
    for (const one of overdue) {
      this.#pending.delete(one);
      one.timeOut();
    }
    if (overdue.length > 0) await breathe();
    return overdue.length > 0;
  }

  async #happen(what: Happening): Promise<void> {
    switch (what.type) {
      case 'time passes':
        this.#trace({ type: 'happening', what });
        return this.#clock.advance(what.ms);
      case 'cache not trusted': {
        const until = this.steps.taken + what.steps;
        this.#trace({ type: 'happening', what });
        this.#at(what.instance % this.#instances.length).trust.isOpen = () => this.steps.taken < until;
        return;
      }
      case 'entry forgotten':
        return this.#forget(what);
    }
  }

  async #forget(what: Extract<Happening, { type: 'entry forgotten' }>): Promise<void> {
    const key = KEYS[what.key % KEYS.length];
    if (key === undefined) return;
    const at = this.#cacheKey(key);
    const entry = await this.#cache.get(at, NEVER);
    if (entry === undefined) return;
    if (decode(entry).type === 'marker' && !this.#schedule.evictsMarkers) return;
    this.#trace({ type: 'happening', what, key: recordId(key) });
    // There is no delete.
    await this.#cache.put(at, 'forgotten', 0.5, NEVER);
    await this.#clock.advance(1);
  }

  #instance(number: number, pairing: CachePairing): Instance {
    const trust = new SeededTrust();
    const send: Send = (sent) => {
      const operation = new PendingOperation(this.#surroundings(), number, sent);
      if (!this.#at(number).isCrashed) {
        this.steps.add(operation);
        this.#pending.add(operation as PendingOperation<unknown>);
      }
      return operation.answer;
    };
    const parts = {
      store: new SteppedStore(this.#store, send),
      cache: new SteppedCache(this.#cache, send),
      pairing,
      trust: trust as unknown as CacheTrust,
      settings: SETTINGS,
      clock: this.#clockOf(number),
      ids: this.#ids,
      telemetry: { emit: () => {} },
    };
    const altered = this.#alteration.instance?.(parts, number) ?? parts;
    return { doors: simulatedInstance(altered, this.#alteration), trust, isCrashed: false };
  }

  #surroundings() {
    return {
      steps: this.steps,
      now: () => this.#clock.monotonic(),
      fateOf: (operation: PortOperation) => this.#fateOf(operation),
      crash: (instance: number) => this.#crash(instance),
      isLast: () => this.#instances.filter(({ isCrashed }) => !isCrashed).length === 1,
      taken: (operation: PendingOperation<unknown>) => void this.#pending.delete(operation),
      trace: (what: Omit<Extract<Traced, { type: 'operation' }>, 'ms' | 'type'>) =>
        this.#trace({ type: 'operation', ...what, keys: what.keys.map(withoutMeta) }),
    };
  }

  /** Time is everybody's, sleep is the instance's own. */
  #clockOf(instance: number): Clock {
    return {
      now: () => this.#clock.now(),
      monotonic: () => this.#clock.monotonic(),
      sleep: (ms, until) =>
        new Promise((wake) => {
          if (until?.aborted) return wake();
          const due = this.#clock.monotonic() + ms;
          const step = {
            isPatient: true,
            run: async () => {
              if (this.#at(instance).isCrashed) return;
              await this.#clock.advance(Math.max(0, due - this.#clock.monotonic()));
              this.#trace({ type: 'woke', instance });
              wake();
            },
          };
          this.steps.add(step);
          until?.addEventListener('abort', () => {
            this.steps.remove(step);
            wake();
          });
        }),
    };
  }

  #fateOf(operation: PortOperation): Fate {
    if (this.#isOver) return 'answered';
    const nth = this.#counts.get(operation) ?? 0;
    this.#counts.set(operation, nth + 1);
    const { faults } = this.#schedule;
    return faults.find((fault) => fault.operation === operation && fault.nth === nth)?.fate ?? 'answered';
  }

  #crash(number: number): void {
    this.#at(number).isCrashed = true;
    this.#trace({ type: 'crash', instance: number });
    for (const one of this.#pending) {
      if (one.instance !== number) continue;
      this.#pending.delete(one);
      one.orphan();
    }
    for (const [call, goOn] of this.#onCrash) {
      if (call.instance !== number) continue;
      call.isGivenUp = true;
      this.#onCrash.delete(call);
      this.#trace({ type: 'given up', ...about(call) });
      goOn();
    }
  }

  async #warmUp(): Promise<void> {
    for (const key of KEYS) {
      const { version, record } = this.log.at(this.log.now, key);
      await this.#cache.put(this.#cacheKey(key), encodeValue(version, record), SETTINGS.foundTtlMs, NEVER);
    }
  }

  #at(number: number): Instance {
    const instance = this.#instances[number];
    if (instance === undefined) throw new Error(`there is no instance ${number}`);
    return instance;
  }

  #cacheKey(key: RecordKey): string {
    if (this.#meta === undefined) throw new Error('not begun');
    return cacheKey(this.#meta, key);
  }

  #trace(what: DistributiveOmit<Traced, 'ms'>): void {
    this.traced.push({ ...what, ms: this.#clock.monotonic() } as Traced);
  }
}

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

function about({ client, instance, operation: { name: what } }: Call) {
  return { client, instance, what };
}

/** A key of the cache as the record's own. */
function withoutMeta(key: string): string {
  return key.replace(/^[^:]*:\d+:/, '');
}
