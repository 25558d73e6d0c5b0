import { MemoryUserStore } from '../../../../src/adapters/stores/memory/memory-user-store.ts';
import { EpochKeeper } from '../../../../src/app/freshness/epochs/epoch-keeper.ts';
import type { FreshnessSettings } from '../../../../src/app/freshness/freshness-settings.ts';
import type { Change } from '../../../../src/domain/change.ts';
import { recordId } from '../../../../src/domain/records.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import { openMeta } from '../../../support/open-epoch.ts';
import { yieldToEventLoop } from '../../../support/yield-to-event-loop.ts';
import { ClientCall } from './client-call.ts';
import { CommitLog } from './commit-log.ts';
import { DecisionSource } from './decision-source.ts';
import type { Call } from './history.ts';
import { InstanceUnderTest } from './instance-under-test.ts';
import { type CallOutcome, idempotently, type ServiceUnderTest } from './operation.ts';
import { type PendingOperation, type SimulationContext, WRITE_OPERATIONS } from './pending-operation.ts';
import { RecordingStore } from './recording-store.ts';
import type { Disruption, Round, Schedule } from './schedule.ts';
import { SequentialIds } from './sequential-ids.ts';
import { SETTINGS } from './settings.ts';
import { type Divergence, isValue, SharedCache } from './shared-cache.ts';
import type { Overrides } from './simulated-instance.ts';
import { StepQueue } from './step-queue.ts';
import type { TraceEvent } from './trace.ts';
import { FINAL_READS, WORKLOADS } from './workloads.ts';

/** No run needs that many steps unless it never terminates. */
const MAX_STEPS = 5000;
const PARTITION_STEPS = 80;
const NEVER = Number.POSITIVE_INFINITY;

/**
 * A deterministic simulation: several instances of the real application share one store and one cache, and every event
 * is a step that the schedule controls.
 */
export class Simulation {
  readonly steps = new StepQueue();
  readonly log = new CommitLog();
  readonly calls: Call[] = [];
  readonly events: TraceEvent[] = [];
  /** Values that a reader could have hit in the cache although they differed from the store. */
  readonly divergences: (Divergence & { readonly step: number })[] = [];
  /** Entries that still differed after everything had expired. */
  finalDivergences: readonly Divergence[] = [];
  readonly #schedule: Schedule;
  readonly #overrides: Overrides;
  readonly #settings: FreshnessSettings;
  readonly #decisions = new DecisionSource();
  readonly #clock = new ManualClock();
  readonly #ids = new SequentialIds();
  readonly #pending = new Set<PendingOperation<unknown>>();
  readonly #crashHandlers = new Map<Call, () => void>();
  readonly #instances: InstanceUnderTest[] = [];
  #mayHaveDiverged = false;

  constructor(schedule: Schedule, overrides: Overrides = {}) {
    this.#schedule = schedule;
    this.#overrides = overrides;
    const { valueTtlMs } = schedule;
    this.#settings = { ...SETTINGS, foundTtlMs: valueTtlMs, absentTtlMs: valueTtlMs };
  }

  get evictsMarkers(): boolean {
    return this.#schedule.evictsMarkers;
  }

  /** Runs all rounds, then reads every record, then lets all markers and leases expire. */
  async run(initialRecords: readonly Change[]): Promise<void> {
    const cache = await this.#build(initialRecords);
    for (const [i, round] of this.#schedule.rounds.entries()) await this.#runRound(round, i, cache);
    await this.#takeSteps(() => true, cache);
    this.#decisions.end();
    this.#trace({ type: 'phase', description: 'All calls have ended. Final reads.' });
    for (const operation of FINAL_READS) {
      new ClientCall(this, { client: 0, instance: 0, operation, idempotencyKey: undefined }).start();
      await this.#takeSteps(() => true, cache);
    }
    await this.#clock.advance(SETTINGS.markerTtlMs + SETTINGS.leaseTtlMs);
    this.#trace({ type: 'phase', description: 'All markers and leases have expired.' });
    this.finalDivergences = await cache.divergences();
  }

  beginCall(
    request: Pick<Call, 'operation' | 'client' | 'instance' | 'idempotencyKey'>,
    onCrash: () => void,
  ): Call {
    const invocation = { revision: this.log.latest, step: this.steps.taken, now: this.#clock.now() };
    const call: Call = { ...request, invocation, isAbandoned: false };
    this.calls.push(call);
    this.#crashHandlers.set(call, onCrash);
    this.#trace({ type: 'call invoked', ...reference(call) });
    return call;
  }

  endCall(call: Call, outcome: CallOutcome): void {
    call.response = { revision: this.log.latest, step: this.steps.taken, outcome };
    this.#crashHandlers.delete(call);
    this.#trace({ type: 'call completed', ...reference(call), outcome });
  }

  serviceUnderTest({ instance, operation, idempotencyKey }: Call): ServiceUnderTest {
    return idempotently(this.#instance(instance).serviceUnderTest(), operation, idempotencyKey);
  }

  /** The first instance from this number on that has not crashed. */
  nextRunningInstance(from: number): number {
    for (let i = from; ; i += 1) {
      const number = i % this.#instances.length;
      if (!this.#instance(number).isCrashed) return number;
    }
  }

  async #build(initialRecords: readonly Change[]): Promise<SharedCache> {
    const createStore = this.#overrides.store ?? ((clock) => new MemoryUserStore({ clock }));
    const store = new RecordingStore(createStore(this.#clock), this.log);
    for (const change of initialRecords) await store.commit(change, NEVER);
    const cache = new SharedCache(this.#clock, this.log);
    if (this.#schedule.isCacheWarm && !this.#overrides.hasPrivateCaches)
      await cache.warmUp(this.#settings.foundTtlMs);
    const { permitMs } = this.#settings;
    await store.inner.replaceMeta(undefined, openMeta('simulated', { permitMs }), 'memory', NEVER);
    const keeper = new EpochKeeper({
      store: store.inner,
      cache: cache.inner,
      identity: { description: 'simulated', isPrivate: false, isAbsent: false },
      clock: this.#clock,
      ids: this.#ids,
      telemetry: { emit: () => {} },
      settings: this.#settings,
    });
    await keeper.permit();
    const shared = { store, cache: cache.inner, keeper, settings: this.#settings, ids: this.#ids };
    const context = this.#context(cache);
    for (let number = 0; number < this.#schedule.instances; number += 1) {
      this.#instances.push(new InstanceUnderTest(number, shared, context, this.#overrides));
    }
    return cache;
  }

  async #runRound(round: Round, roundNumber: number, cache: SharedCache): Promise<void> {
    const workload = WORKLOADS[this.#schedule.workload] ?? [];
    const calls = round.calls.flatMap(({ instance, operation: index, isIdempotent }, client) => {
      const operation = workload[index % workload.length];
      const idempotencyKey = isIdempotent ? `${roundNumber}.${client}` : undefined;
      return operation === undefined
        ? []
        : [new ClientCall(this, { client: client + 1, instance, operation, idempotencyKey })];
    });
    this.#decisions.begin(round.decisions, this.steps.taken);
    for (const call of calls) call.start();
    await this.#takeSteps(() => calls.filter(({ isDone }) => !isDone).length > round.stragglers, cache);
    await this.#clock.advance(round.idleMs);
  }

  async #takeSteps(shouldContinue: () => boolean, cache: SharedCache): Promise<void> {
    while (shouldContinue() && this.steps.pending.length > 0 && this.steps.taken < MAX_STEPS) {
      await this.#clock.advance(this.#schedule.msPerStep);
      const step = this.steps.taken;
      for (const disruption of this.#decisions.disruptions(step)) await this.#disrupt(disruption, cache);
      await this.#timeOutOverdue();
      await this.steps.take(this.#decisions.stepChoice(step))?.run();
      await yieldToEventLoop();
      if (this.#mayHaveDiverged) await this.#observeCache(cache);
    }
  }

  async #observeCache(cache: SharedCache): Promise<void> {
    const divergences = (await cache.divergences()).filter(({ cached }) => isValue(cached));
    for (const divergence of divergences) this.divergences.push({ ...divergence, step: this.steps.taken });
    // A permitted divergence becomes a violation once the write is acknowledged, so it is observed at every step.
    this.#mayHaveDiverged = divergences.length > 0;
  }

  async #timeOutOverdue(): Promise<void> {
    const overdue = [...this.#pending].filter((operation) => operation.isOverdue);
    for (const operation of overdue) {
      this.#pending.delete(operation);
      operation.timeOut();
    }
    if (overdue.length > 0) await yieldToEventLoop();
  }

  async #disrupt(disruption: Disruption, cache: SharedCache): Promise<void> {
    if (disruption.type === 'entry evicted') {
      const key = await cache.evictOne(disruption.which, this.evictsMarkers);
      if (key !== undefined) this.#trace({ type: 'disruption', disruption, key: recordId(key) });
      return;
    }
    this.#trace({ type: 'disruption', disruption });
    if (disruption.type === 'time passes') return this.#clock.advance(disruption.ms);
    const instance = this.#instance(disruption.instance % this.#instances.length);
    if (disruption.type === 'circuit breaker open') instance.openBreaker(disruption.steps);
    else instance.partitionCache(disruption.steps, disruption.outcome);
  }

  #context(cache: SharedCache): SimulationContext {
    return {
      steps: this.steps,
      evictsMarkers: this.evictsMarkers,
      clock: this.#clock,
      sleepEnded: (instance) => this.#trace({ type: 'sleep ended', instance }),
      nextOutcome: (operation, instance) =>
        this.#decisions.nextOutcome(operation, this.#instance(instance).partitionOutcome()),
      nextDelay: (kind, operation) => this.#decisions.nextDelay(kind, operation),
      evict: (cacheKey) => cache.evict(cacheKey),
      enqueue: (operation) => {
        this.steps.add(operation);
        this.#pending.add(operation);
      },
      dequeued: (operation) => void this.#pending.delete(operation),
      partitionCache: (instance) => this.#instance(instance).partitionCache(PARTITION_STEPS, 'failed'),
      crash: (instance) => this.#crash(instance),
      isLastInstance: () => this.#instances.filter(({ isCrashed }) => !isCrashed).length === 1,
      trace: (event) => {
        if (event.effect !== 'none' && WRITE_OPERATIONS.includes(event.operation)) {
          this.#mayHaveDiverged = true;
        }
        this.#trace({ type: 'operation', ...event, keys: event.keys.map(withoutKeyPrefix) });
      },
    };
  }

  #crash(number: number): void {
    this.#instance(number).isCrashed = true;
    this.#trace({ type: 'crash', instance: number });
    for (const operation of this.#pending) {
      if (operation.instance !== number) continue;
      this.#pending.delete(operation);
      operation.abandon();
    }
    for (const [call, onCrash] of this.#crashHandlers) {
      if (call.instance !== number) continue;
      call.isAbandoned = true;
      this.#crashHandlers.delete(call);
      this.#trace({ type: 'call abandoned', ...reference(call) });
      onCrash();
    }
  }

  #instance(number: number): InstanceUnderTest {
    const instance = this.#instances[number];
    if (instance === undefined) throw new Error(`There is no instance ${number}.`);
    return instance;
  }

  #trace(event: DistributiveOmit<TraceEvent, 'ms' | 'step'>): void {
    this.events.push({ ...event, ms: this.#clock.monotonic(), step: this.steps.taken } as TraceEvent);
  }
}

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

function reference({ client, instance, operation }: Call) {
  return { client, instance, operationName: operation.name };
}

/** Removes the token of the epoch from a cache key. */
function withoutKeyPrefix(key: string): string {
  return key.replace(/^token:/, '');
}
