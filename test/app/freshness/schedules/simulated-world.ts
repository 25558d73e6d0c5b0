import { MemoryUserStore } from '../../../../src/adapters/stores/memory/memory-user-store.ts';
import { CacheBinding } from '../../../../src/app/freshness/cache-binding.ts';
import type { FreshnessSettings } from '../../../../src/app/freshness/settings.ts';
import type { Change } from '../../../../src/domain/change.ts';
import { recordId } from '../../../../src/domain/records.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import { yieldToEventLoop } from '../../../support/yield-to-event-loop.ts';
import { Chance } from './chance.ts';
import { ClientCall } from './client-call.ts';
import { CommitLog } from './commit-log.ts';
import { CountingIds } from './counting-ids.ts';
import type { Call } from './history.ts';
import { InstanceUnderTest } from './instance-under-test.ts';
import { idempotently, type Outcome, type ServiceUnderTest } from './operation.ts';
import { type PendingOperation, SETS, type Surroundings } from './pending-operation.ts';
import { RecordedStore } from './recorded-store.ts';
import type { Disruption, Round, Schedule } from './schedule.ts';
import { SETTINGS } from './settings.ts';
import { isValue, SharedCache, type Sighting } from './shared-cache.ts';
import type { Alteration } from './simulated-instance.ts';
import { Steps } from './steps.ts';
import type { Traced } from './trace.ts';
import { LAST_LOOKS, THEMES } from './workload.ts';

/** No run comes near it, unless something never ends. */
const MAX_STEPS = 5000;
const CUT_OFF_STEPS = 80;
const NEVER = Number.POSITIVE_INFINITY;

/**
 * Several instances of the real application on one store and one cache, in which nothing happens but what the schedule
 * says, one step after the other.
 */
export class SimulatedWorld {
  readonly steps = new Steps();
  readonly log = new CommitLog();
  readonly calls: Call[] = [];
  readonly traced: Traced[] = [];
  /** What an onlooker has seen who asked the cache after every step. */
  readonly sightings: (Sighting & { readonly step: number })[] = [];
  /** What was left in the cache in the end. */
  stuck: readonly Sighting[] = [];
  readonly #schedule: Schedule;
  readonly #alteration: Alteration;
  readonly #settings: FreshnessSettings;
  readonly #chance = new Chance();
  readonly #clock = new ManualClock();
  readonly #ids = new CountingIds();
  readonly #pending = new Set<PendingOperation<unknown>>();
  readonly #onCrash = new Map<Call, () => void>();
  readonly #instances: InstanceUnderTest[] = [];
  #isChanged = false;

  constructor(schedule: Schedule, alteration: Alteration = {}) {
    this.#schedule = schedule;
    this.#alteration = alteration;
    const { valueTtlMs } = schedule;
    this.#settings = { ...SETTINGS, foundTtlMs: valueTtlMs, absentTtlMs: valueTtlMs };
  }

  get evictsMarkers(): boolean {
    return this.#schedule.evictsMarkers;
  }

  /** From the first call to the last, and on until nothing is under way any more. */
  async run(initialRecords: readonly Change[]): Promise<void> {
    const cache = await this.#build(initialRecords);
    for (const [i, round] of this.#schedule.rounds.entries()) await this.#serve(round, i, cache);
    await this.#takeSteps(() => true, cache);
    this.#chance.end();
    this.#trace({ type: 'stage', what: 'All has ended. One more looks.' });
    for (const operation of LAST_LOOKS) {
      new ClientCall(this, { client: 0, instance: 0, operation, key: undefined }).start();
      await this.#takeSteps(() => true, cache);
    }
    await this.#clock.advance(SETTINGS.markerTtlMs + SETTINGS.leaseTtlMs);
    this.#trace({ type: 'stage', what: 'All markers and leases have expired.' });
    this.stuck = await cache.differences();
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

  serviceUnderTest({ instance, operation, key }: Call): ServiceUnderTest {
    return idempotently(this.#at(instance).serviceUnderTest(), operation, key);
  }

  /** The first living one from this number on. */
  livingInstance(from: number): number {
    for (let i = from; ; i += 1) {
      const number = i % this.#instances.length;
      if (!this.#at(number).isCrashed) return number;
    }
  }

  async #build(initialRecords: readonly Change[]): Promise<SharedCache> {
    const makeStore = this.#alteration.store ?? ((clock) => new MemoryUserStore({ clock }));
    const store = new RecordedStore(makeStore(this.#clock), this.log);
    for (const change of initialRecords) await store.commit(change, NEVER);
    const identity = { description: 'simulated', isPrivate: false };
    const binding = new CacheBinding(store.behind, identity, this.#ids);
    const cache = new SharedCache(this.#clock, await binding.establish(NEVER), this.log);
    if (this.#schedule.isCacheWarm) await cache.warmUp(this.#settings.foundTtlMs);
    const shared = { store, cache: cache.behind, binding, settings: this.#settings, ids: this.#ids };
    const surroundings = this.#surroundings(cache);
    for (let number = 0; number < this.#schedule.instances; number += 1) {
      this.#instances.push(new InstanceUnderTest(number, shared, surroundings, this.#alteration));
    }
    return cache;
  }

  async #serve({ wishes, course, stragglers, restMs }: Round, n: number, cache: SharedCache): Promise<void> {
    const theme = THEMES[this.#schedule.theme] ?? [];
    const calls = wishes.flatMap(({ instance, operation: i, isIdempotent }, client) => {
      const operation = theme[i % theme.length];
      const key = isIdempotent ? `${n}.${client}` : undefined;
      return operation === undefined
        ? []
        : [new ClientCall(this, { client: client + 1, instance, operation, key })];
    });
    this.#chance.begin(course, this.steps.taken);
    for (const call of calls) call.start();
    await this.#takeSteps(() => calls.filter(({ isDone }) => !isDone).length > stragglers, cache);
    await this.#clock.advance(restMs);
  }

  async #takeSteps(isWanted: () => boolean, cache: SharedCache): Promise<void> {
    while (isWanted() && this.steps.pending.length > 0 && this.steps.taken < MAX_STEPS) {
      await this.#clock.advance(this.#schedule.msPerStep);
      const step = this.steps.taken;
      for (const what of this.#chance.disruptions(step)) await this.#disrupt(what, cache);
      await this.#timeOut();
      await this.steps.take(this.#chance.pick(step))?.run();
      await yieldToEventLoop();
      if (this.#isChanged) await this.#lookOn(cache);
    }
  }

  async #lookOn(cache: SharedCache): Promise<void> {
    const found = (await cache.differences()).filter(({ cached }) => isValue(cached));
    for (const one of found) this.sightings.push({ ...one, step: this.steps.taken });
    // What is still bad becomes worse when somebody is told that the change is made.
    this.#isChanged = found.length > 0;
  }

  /** Whatever has missed its deadline. */
  async #timeOut(): Promise<void> {
    const overdue = [...this.#pending].filter((one) => one.isOverdue);
    for (const one of overdue) {
      this.#pending.delete(one);
      one.timeOut();
    }
    if (overdue.length > 0) await yieldToEventLoop();
  }

  async #disrupt(what: Disruption, cache: SharedCache): Promise<void> {
    if (what.type === 'entry forgotten') {
      const key = await cache.forgetOne(what.which, this.evictsMarkers);
      if (key !== undefined) this.#trace({ type: 'happening', what, key: recordId(key) });
      return;
    }
    this.#trace({ type: 'happening', what });
    if (what.type === 'time passes') return this.#clock.advance(what.ms);
    const instance = this.#at(what.instance % this.#instances.length);
    if (what.type === 'cache not trusted') instance.openBreaker(what.steps);
    else instance.cutOff(what.steps, what.fate);
  }

  #surroundings(cache: SharedCache): Surroundings {
    return {
      steps: this.steps,
      evictsMarkers: this.evictsMarkers,
      clock: this.#clock,
      woke: (instance) => this.#trace({ type: 'woke', instance }),
      fateOf: (operation, instance) => this.#chance.fateOf(operation, this.#at(instance).cacheFate()),
      nextDelay: (way, operation) => this.#chance.delay(way, operation),
      forget: (key) => cache.forget(key),
      await: (operation) => {
        this.steps.add(operation);
        this.#pending.add(operation);
      },
      taken: (operation) => void this.#pending.delete(operation),
      cutOff: (instance) => this.#at(instance).cutOff(CUT_OFF_STEPS, 'failed'),
      crash: (instance) => this.#crash(instance),
      isLast: () => this.#instances.filter(({ isCrashed }) => !isCrashed).length === 1,
      trace: (what) => {
        if (what.effect !== 'none' && SETS.includes(what.operation)) this.#isChanged = true;
        this.#trace({ type: 'operation', ...what, keys: what.keys.map(withoutMeta) });
      },
    };
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

  #at(number: number): InstanceUnderTest {
    const instance = this.#instances[number];
    if (instance === undefined) throw new Error(`there is no instance ${number}`);
    return instance;
  }

  #trace(what: DistributiveOmit<Traced, 'ms' | 'step'>): void {
    this.traced.push({ ...what, ms: this.#clock.monotonic(), step: this.steps.taken } as Traced);
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
