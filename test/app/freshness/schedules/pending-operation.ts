import { CacheUnavailable, OutcomeUnknown, StoreUnavailable } from '../../../../src/ports/errors.ts';
import type { ManualClock } from '../../../support/manual-clock.ts';
import type { DelayKind } from './decision-source.ts';
import type { InjectedOutcome, PortOperation } from './schedule.ts';
import type { Step, StepQueue } from './step-queue.ts';
import type { PortRequest } from './stepped-ports.ts';
import type { Effect, OperationEvent } from './trace.ts';

export const WRITE_OPERATIONS: readonly PortOperation[] = ['add', 'replace', 'put', 'commit'];
export const STORE_OPERATIONS: readonly PortOperation[] = ['readMany', 'readIdempotencyRecord', 'commit'];

/** What the pending operations of a simulation need from it. */
export interface SimulationContext {
  readonly steps: StepQueue;
  readonly clock: ManualClock;
  readonly evictsMarkers: boolean;
  nextOutcome(operation: PortOperation, instance: number): InjectedOutcome;
  /** The delay of the next message of this kind, in steps. */
  nextDelay(kind: DelayKind, operation: PortOperation): number | undefined;
  evict(cacheKey: string): Promise<void>;
  crash(instance: number): void;
  /** Partitions an instance from the cache for a while. */
  partitionCache(instance: number): void;
  /** Whether all other instances have crashed, so that this one must not. */
  isLastInstance(): boolean;
  /** Called when an operation starts to wait for a step. */
  enqueue(operation: PendingOperation<unknown>): void;
  /** Called when that step runs. */
  dequeued(operation: PendingOperation<unknown>): void;
  sleepEnded(instance: number): void;
  trace(event: Omit<OperationEvent, 'ms' | 'step' | 'type'>): void;
}

/** The effect of an operation that was applied. */
type AppliedEffect = Exclude<Effect, 'none'>;

/** An operation of a port that an instance has requested: a step to run, and a response that the instance awaits. */
export class PendingOperation<T> implements Step {
  readonly delayMs = 0;
  notBefore: number;
  readonly instance: number;
  readonly response: Promise<T>;
  readonly #context: SimulationContext;
  readonly #request: PortRequest<T>;
  /** Set while the response is delayed. */
  #delayedEffect: AppliedEffect | undefined;
  #resolve: (result: T) => void = () => {};
  #reject: (error: unknown) => void = () => {};

  constructor(context: SimulationContext, instance: number, request: PortRequest<T>) {
    this.#context = context;
    this.instance = instance;
    this.#request = request;
    this.notBefore = context.steps.taken + (context.nextDelay('request', request.operation) ?? 0);
    this.response = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  get isOverdue(): boolean {
    return this.#request.deadline < this.#context.clock.monotonic();
  }

  /** Applies the operation with the outcome that the schedule injects. */
  async run(): Promise<void> {
    this.#context.dequeued(this as PendingOperation<unknown>);
    if (this.#delayedEffect !== undefined) return this.#deliver(this.#delayedEffect);
    const { operation, deadline, keys } = this.#request;
    const outcome = this.#applicable(this.#context.nextOutcome(operation, this.instance));
    switch (outcome) {
      case 'ok':
        return this.#respond(await this.#apply(deadline, outcome));
      case 'evicted after': {
        const effect = await this.#apply(deadline, outcome);
        if ('result' in effect && effect.result !== false) await this.#context.evict(keys[0] ?? '');
        return this.#respond(effect);
      }
      case 'partitioned after':
        this.#respond(await this.#apply(deadline, outcome));
        return this.#context.partitionCache(this.instance);
      case 'failed':
        this.#record(outcome, 'none');
        this.#reject(this.#unavailable());
        return;
      case 'response lost':
        await this.#apply(deadline, outcome);
        this.#reject(this.#unknownOutcome());
        return;
      case 'applied late':
        this.#record(outcome, 'none');
        this.#applyLater();
        this.#reject(this.#unknownOutcome());
        return;
      case 'crash before':
        this.#record(outcome, 'none');
        this.#context.crash(this.instance);
        return;
      case 'crash after':
        await this.#apply(deadline, outcome);
        this.#context.crash(this.instance);
        return;
      case 'crash, applied late':
        this.#record(outcome, 'none');
        this.#applyLater();
        this.#context.crash(this.instance);
    }
  }

  /** Rejects because the deadline has passed. A write may still be applied later. */
  timeOut(): void {
    this.#context.steps.remove(this);
    this.#record('timed out', 'none');
    this.#applyLater();
    this.#reject(this.#unknownOutcome());
  }

  /** Drops the response because the instance has crashed. A write may still be applied later. */
  abandon(): void {
    this.#context.steps.remove(this);
    this.#applyLater();
  }

  #respond(effect: AppliedEffect): void {
    const delay = this.#context.nextDelay('response', this.#request.operation);
    if (delay === undefined) {
      this.#deliver(effect);
    } else {
      this.#delayedEffect = effect;
      this.notBefore = this.#context.steps.taken + delay;
      this.#context.enqueue(this as PendingOperation<unknown>);
    }
  }

  #deliver(effect: AppliedEffect): void {
    if (this.#delayedEffect !== undefined) this.#record('response delivered', 'none');
    if ('error' in effect) this.#reject(effect.error);
    else this.#resolve(effect.result as T);
  }

  /** Maps the outcome to one that this operation can have. A read has no effect, so a lost read is a failed read. */
  #applicable(outcome: InjectedOutcome): InjectedOutcome {
    const isWrite = WRITE_OPERATIONS.includes(this.#request.operation);
    switch (outcome) {
      case 'response lost':
      case 'applied late':
        return isWrite ? outcome : 'failed';
      case 'evicted after':
        return this.#mayBeEvicted() ? outcome : 'ok';
      case 'crash before':
        return this.#context.isLastInstance() ? 'failed' : outcome;
      case 'crash after':
        if (this.#context.isLastInstance()) return this.#applicable('response lost');
        return isWrite ? outcome : 'crash before';
      case 'crash, applied late':
        if (this.#context.isLastInstance()) return this.#applicable('applied late');
        return isWrite ? outcome : 'crash before';
      default:
        return outcome;
    }
  }

  #mayBeEvicted(): boolean {
    const { operation } = this.#request;
    if (operation === 'put') return this.#context.evictsMarkers;
    return operation === 'add' || operation === 'replace';
  }

  #applyLater(): void {
    const { operation } = this.#request;
    if (!WRITE_OPERATIONS.includes(operation) || this.#delayedEffect !== undefined) return;
    this.#context.steps.add({
      delayMs: 1,
      notBefore: this.#context.steps.taken + (this.#context.nextDelay('lateApply', operation) ?? 0),
      run: async () => void (await this.#apply(Number.POSITIVE_INFINITY, 'late application')),
    });
  }

  async #apply(deadline: number, outcome: OperationEvent['outcome']): Promise<AppliedEffect> {
    const effect = await this.#request.apply(deadline).then(
      (result) => ({ result }),
      (error: unknown) => ({ error }),
    );
    this.#record(outcome, effect);
    return effect;
  }

  #record(outcome: OperationEvent['outcome'], effect: Effect): void {
    const { operation, keys, expected, value } = this.#request;
    this.#context.trace({ instance: this.instance, operation, keys, expected, value, outcome, effect });
  }

  #unavailable(): Error {
    return STORE_OPERATIONS.includes(this.#request.operation)
      ? new StoreUnavailable('simulated')
      : new CacheUnavailable('simulated');
  }

  #unknownOutcome(): Error {
    return this.#request.operation === 'commit' ? new OutcomeUnknown('simulated') : this.#unavailable();
  }
}
