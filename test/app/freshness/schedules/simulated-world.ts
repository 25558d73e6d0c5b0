import { MemoryCache } from '../../../../src/adapters/memory/memory-cache.ts';
import { MemoryUserStore } from '../../../../src/adapters/memory/memory-user-store.ts';
import { CachePairing } from '../../../../src/app/freshness/cache-pairing.ts';
import { cacheKey } from '../../../../src/app/freshness/cached-kinds.ts';
import { decode, encodeValue } from '../../../../src/app/freshness/entry.ts';
import type { FreshnessSettings } from '../../../../src/app/freshness/settings.ts';
import type { Change } from '../../../../src/domain/change.ts';
import { type RecordKey, recordId } from '../../../../src/domain/records.ts';
import type { Clock } from '../../../../src/ports/clock.ts';
import type { Meta } from '../../../../src/ports/user-store.ts';
import { breathe } from '../../../support/breathe.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import { Client } from './client.ts';
import { CommitLog, type Instant } from './commit-log.ts';
import { CountingIds } from './counting-ids.ts';
import type { Call } from './history.ts';
import { type Doors, type Outcome, repeatably } from './operation.ts';
import { OF_STORE, PendingOperation, SETS, type Surroundings } from './pending-operation.ts';
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
const CUT_OFF_STEPS = 40;
const NOTHING = '"r":null}';
const NEVER = Number.POSITIVE_INFINITY;

/** Another store than the real one, for those who take a rule away. */
export type StoreMaker = (clock: Clock) => MemoryUserStore;

interface Instance {
  readonly doors: () => Doors;
  readonly trust: SeededTrust;
  /** What all its cache operations come to now, if anything. */
  cacheFate: () => Fate | undefined;
  isCrashed: boolean;
}

/** What stands in the cache though the store holds something else. */
export interface Stuck {
  readonly key: RecordKey;
  readonly cached: string;
  readonly stored: string;
}

/** A value in the cache that the store no longer holds, or does not hold yet: a reader that came now would be told it. */
export interface Sighting {
  readonly key: RecordKey;
  readonly cached: string;
  readonly step: number;
  readonly instant: Instant;
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
  readonly sightings: Sighting[] = [];
  readonly #schedule: Schedule;
  readonly #alteration: Alteration;
  readonly #settings: FreshnessSettings;
  readonly #surroundings: Surroundings;
  readonly #clock = new ManualClock();
  readonly #store: RecordedStore;
  readonly #cache: MemoryCache;
  readonly #instances: Instance[] = [];
  readonly #ids = new CountingIds();
  readonly #pending = new Set<PendingOperation<unknown>>();
  readonly #counts = new Map<PortOperation, number>();
  readonly #onCrash = new Map<Call, () => void>();
  #sets = 0;
  readonly #sent = { request: 0, answer: 0 };
  #isChanged = false;
  #meta: Meta | undefined;
  #isOver = false;

  constructor(schedule: Schedule, alteration: Alteration & { readonly store?: StoreMaker } = {}) {
    this.#schedule = schedule;
    this.#alteration = alteration;
    this.#surroundings = this.#surroundingsOfOperations();
    const { valueTtlMs } = schedule;
    this.#settings = { ...SETTINGS, foundTtlMs: valueTtlMs, absentTtlMs: valueTtlMs };
    const makeStore = alteration.store ?? ((clock) => new MemoryUserStore({ clock }));
    this.#store = new RecordedStore(makeStore(this.#clock), this.log);
    this.#cache = new MemoryCache({ clock: this.#clock, maxEntries: 50 });
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
    const { theme, clients } = this.#schedule.crowd;
    for (const [i, plan] of clients.entries()) Client.of(this, i + 1, plan, theme).start();
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
      const stored = this.#stored(key);
      if (cached !== undefined && !isSameEntry(cached, stored)) found.push({ key, cached, stored });
    }
    return found;
  }

  async #takeSteps(): Promise<void> {
    while (this.steps.pending.length > 0 && this.steps.taken < MAX_STEPS) {
      await this.#clock.advance(this.#schedule.msPerStep);
      const at = this.steps.taken;
      if (!this.#isOver) {
        for (const one of this.#schedule.happenings) if (one.at === at) await this.#happen(one.what);
      }
      if (await this.#timeOut()) continue;
      const to = this.#isOver ? undefined : this.#schedule.picks[at];
      await this.steps.take(to)?.run();
      await breathe();
      await this.#lookOn();
    }
  }

  /** As a reader would, to whom the cache answers at once. */
  async #lookOn(): Promise<void> {
    if (!this.#isChanged) return;
    this.#isChanged = false;
    for (const key of KEYS) {
      const cached = await this.#cache.get(this.#cacheKey(key), NEVER);
      if (cached === undefined || decode(cached).type !== 'value') continue;
      if (isSameEntry(cached, this.#stored(key))) continue;
      // It may become worse: somebody is told that the change is made.
      this.#isChanged = true;
      this.sightings.push({ key, cached, step: this.steps.taken, instant: this.log.now });
    }
  }

  #stored(key: RecordKey): string {
    const { version, record } = this.log.at(this.log.now, key);
    return encodeValue(version, record);
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
      case 'cache out of reach':
        this.#trace({ type: 'happening', what });
        return this.#cutOff(what.instance % this.#instances.length, what.steps, what.fate);
      case 'entry forgotten':
        return this.#forgetOne(what);
    }
  }

  #cutOff(number: number, steps: number, fate: Fate): void {
    const until = this.steps.taken + steps;
    this.#at(number).cacheFate = () => (this.steps.taken < until ? fate : undefined);
  }

  async #forgetOne(what: Extract<Happening, { type: 'entry forgotten' }>): Promise<void> {
    const there: { key: RecordKey; isMarker: boolean }[] = [];
    for (const key of KEYS) {
      const entry = await this.#cache.get(this.#cacheKey(key), NEVER);
      if (entry !== undefined) there.push({ key, isMarker: decode(entry).type === 'marker' });
    }
    const markers = there.filter(({ isMarker }) => isMarker);
    const others = there.filter(({ isMarker }) => !isMarker);
    const among = this.evictsMarkers && markers.length > 0 ? markers : others;
    const one = among[what.which % among.length];
    if (one === undefined) return;
    this.#trace({ type: 'happening', what, key: recordId(one.key) });
    await this.#forget(this.#cacheKey(one.key));
  }

  /** There is no delete. */
  async #forget(cacheKey: string): Promise<void> {
    await this.#cache.put(cacheKey, 'forgotten', 0.5, NEVER);
    await this.#clock.advance(1);
  }

  #instance(number: number, pairing: CachePairing): Instance {
    const trust = new SeededTrust();
    const send: Send = (sent) => {
      const operation = new PendingOperation(this.#surroundings, number, sent);
      if (!this.#at(number).isCrashed) this.#await(operation as PendingOperation<unknown>);
      return operation.answer;
    };
    const parts = {
      store: new SteppedStore(this.#store, send),
      cache: new SteppedCache(this.#cache, send),
      pairing,
      trust,
      settings: this.#settings,
      clock: this.#clockOf(number),
      ids: this.#ids,
      telemetry: { emit: () => {} },
    };
    const altered = this.#alteration.instance?.(parts, number) ?? parts;
    return {
      doors: simulatedInstance(altered, this.#alteration),
      trust,
      cacheFate: () => undefined,
      isCrashed: false,
    };
  }

  #await(operation: PendingOperation<unknown>): void {
    this.steps.add(operation);
    this.#pending.add(operation);
  }

  #surroundingsOfOperations(): Surroundings {
    return {
      steps: this.steps,
      now: () => this.#clock.monotonic(),
      fateOf: (operation: PortOperation, instance: number) => this.#fateOf(operation, instance),
      forget: (cacheKey: string) => this.#forget(cacheKey),
      nextDelay: (way: 'request' | 'answer') => this.#nextDelay(way),
      goOn: (operation: PendingOperation<unknown>) => this.#await(operation),
      evictsMarkers: this.evictsMarkers,
      cutOff: (instance: number) => this.#cutOff(instance, CUT_OFF_STEPS, 'failed'),
      crash: (instance: number) => this.#crash(instance),
      isLast: () => this.#instances.filter(({ isCrashed }) => !isCrashed).length === 1,
      taken: (operation: PendingOperation<unknown>) => void this.#pending.delete(operation),
      trace: (what: Omit<Extract<Traced, { type: 'operation' }>, 'ms' | 'type'>) => {
        if (what.effect !== 'none' && SETS.includes(what.operation)) this.#isChanged = true;
        this.#trace({ type: 'operation', ...what, keys: what.keys.map(withoutMeta) });
      },
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
            patience: ms,
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

  #fateOf(operation: PortOperation, instance: number): Fate {
    if (this.#isOver) return 'answered';
    const cacheFate = OF_STORE.includes(operation) ? undefined : this.#at(instance).cacheFate();
    if (cacheFate === 'failed' || (cacheFate !== undefined && SETS.includes(operation))) return cacheFate;
    const nth = this.#counts.get(operation) ?? 0;
    this.#counts.set(operation, nth + 1);
    const { faults, weather } = this.#schedule;
    const meant = faults.find((fault) => fault.operation === operation && fault.nth === nth)?.fate;
    if (meant !== undefined || !SETS.includes(operation)) return meant ?? 'answered';
    this.#sets += 1;
    return weather[this.#sets - 1] ?? 'answered';
  }

  #nextDelay(way: 'request' | 'answer'): number | undefined {
    if (this.#isOver) return undefined;
    const { requestDelays, answerDelays } = this.#schedule;
    this.#sent[way] += 1;
    return (way === 'request' ? requestDelays : answerDelays)[this.#sent[way] - 1];
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
      await this.#cache.put(
        this.#cacheKey(key),
        encodeValue(version, record),
        this.#settings.foundTtlMs,
        NEVER,
      );
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

/** That there is nothing is the same whatever is remembered of what there was. */
export function isSameEntry(one: string, other: string): boolean {
  return one === other || (one.endsWith(NOTHING) && other.endsWith(NOTHING));
}
