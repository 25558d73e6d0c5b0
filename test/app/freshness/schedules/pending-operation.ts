import { CacheUnavailable, OutcomeUnknown, StoreUnavailable } from '../../../../src/ports/errors.ts';
import type { ManualClock } from '../../../support/manual-clock.ts';
import type { Fate, PortOperation } from './schedule.ts';
import type { Sent } from './stepped-ports.ts';
import type { Step, Steps } from './steps.ts';
import type { Effect, Traced } from './trace.ts';

export const SETS: readonly PortOperation[] = ['add', 'replace', 'put', 'commit'];
export const OF_STORE: readonly PortOperation[] = ['readMany', 'readIdempotencyRecord', 'commit'];

/** What the operations of one world have in common. */
export interface Surroundings {
  readonly steps: Steps;
  readonly clock: ManualClock;
  /** A sleeper has woken. */
  woke(instance: number): void;
  fateOf(operation: PortOperation, instance: number): Fate;
  /** How many steps the next operation is on its way, the next answer, the next one that lands late. */
  nextDelay(way: 'request' | 'answer' | 'landing', operation: PortOperation): number | undefined;
  readonly evictsMarkers: boolean;
  forget(cacheKey: string): Promise<void>;
  crash(instance: number): void;
  /** From now on an instance cannot reach the cache, for a while. */
  cutOff(instance: number): void;
  /** Whether no other instance is living, so that this one must not crash. */
  isLast(): boolean;
  /** An operation waits for its turn, or for one more. */
  await(operation: PendingOperation<unknown>): void;
  /** An operation had its turn. */
  taken(operation: PendingOperation<unknown>): void;
  trace(what: Omit<Extract<Traced, { type: 'operation' }>, 'ms' | 'step' | 'type'>): void;
}

/** An operation of a port that an instance has sent: a step to be taken, and an answer that its sender waits for. */
export class PendingOperation<T> implements Step {
  readonly patience = 0;
  notBefore: number;
  readonly instance: number;
  readonly answer: Promise<T>;
  readonly #world: Surroundings;
  readonly #sent: Sent<T>;
  /** Its answer, on its way. */
  #answering: Exclude<Effect, 'none'> | undefined;
  #resolve: (answer: T) => void = () => {};
  #reject: (error: unknown) => void = () => {};

  constructor(world: Surroundings, instance: number, sent: Sent<T>) {
    this.#world = world;
    this.instance = instance;
    this.#sent = sent;
    this.notBefore = world.steps.taken + (world.nextDelay('request', sent.operation) ?? 0);
    this.answer = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  get isOverdue(): boolean {
    return this.#sent.deadline < this.#world.clock.monotonic();
  }

  /** The port's turn: what the schedule says becomes of it. */
  async run(): Promise<void> {
    this.#world.taken(this as PendingOperation<unknown>);
    if (this.#answering !== undefined) return this.#arrive(this.#answering);
    const fate = this.#possible(this.#world.fateOf(this.#sent.operation, this.instance));
    switch (fate) {
      case 'answered':
        return this.#answer(await this.#apply(this.#sent.deadline, fate));
      case 'forgotten': {
        const effect = await this.#apply(this.#sent.deadline, fate);
        if ('answer' in effect && effect.answer !== false) await this.#world.forget(this.#sent.keys[0] ?? '');
        return this.#answer(effect);
      }
      case 'cut off after':
        this.#answer(await this.#apply(this.#sent.deadline, fate));
        return this.#world.cutOff(this.instance);
      case 'failed':
        this.#record(fate, 'none');
        this.#reject(this.#refused());
        return;
      case 'lost':
        await this.#apply(this.#sent.deadline, fate);
        this.#reject(this.#unknown());
        return;
      case 'late':
        this.#record(fate, 'none');
        this.#landLater();
        this.#reject(this.#unknown());
        return;
      case 'crash before':
        this.#record(fate, 'none');
        this.#world.crash(this.instance);
        return;
      case 'crash after':
        await this.#apply(this.#sent.deadline, fate);
        this.#world.crash(this.instance);
        return;
      case 'crash, lands late':
        this.#record(fate, 'none');
        this.#landLater();
        this.#world.crash(this.instance);
    }
  }

  #answer(effect: Exclude<Effect, 'none'>): void {
    const delay = this.#world.nextDelay('answer', this.#sent.operation);
    if (delay === undefined) {
      this.#arrive(effect);
    } else {
      this.#answering = effect;
      this.notBefore = this.#world.steps.taken + delay;
      this.#world.await(this as PendingOperation<unknown>);
    }
  }

  #arrive(effect: Exclude<Effect, 'none'>): void {
    if (this.#answering !== undefined) this.#record('answer arrives', 'none');
    if ('refusal' in effect) this.#reject(effect.refusal);
    else this.#resolve(effect.answer as T);
  }

  /** The deadline has passed. What it sets may still be set. */
  timeOut(): void {
    this.#world.steps.remove(this);
    this.#record('timed out', 'none');
    this.#landLater();
    this.#reject(this.#unknown());
  }

  /** Its sender is gone. What it sets may still be set. */
  orphan(): void {
    this.#world.steps.remove(this);
    this.#landLater();
  }

  /** A read leaves nothing behind: that its answer is lost, or late, comes to the same as that it failed. */
  #possible(fate: Fate): Fate {
    const sets = SETS.includes(this.#sent.operation);
    switch (fate) {
      case 'lost':
      case 'late':
        return sets ? fate : 'failed';
      case 'forgotten':
        return this.#mayBeForgotten() ? fate : 'answered';
      case 'crash before':
        return this.#world.isLast() ? 'failed' : fate;
      case 'crash after':
        if (this.#world.isLast()) return this.#possible('lost');
        return sets ? fate : 'crash before';
      case 'crash, lands late':
        if (this.#world.isLast()) return this.#possible('late');
        return sets ? fate : 'crash before';
      default:
        return fate;
    }
  }

  #mayBeForgotten(): boolean {
    const { operation } = this.#sent;
    if (operation === 'put') return this.#world.evictsMarkers;
    return operation === 'add' || operation === 'replace';
  }

  #landLater(): void {
    if (!SETS.includes(this.#sent.operation) || this.#answering !== undefined) return;
    this.#world.steps.add({
      patience: 1,
      notBefore: this.#world.steps.taken + (this.#world.nextDelay('landing', this.#sent.operation) ?? 0),
      run: async () => void (await this.#apply(Number.POSITIVE_INFINITY, 'landed')),
    });
  }

  async #apply(deadline: number, fate: Fate | 'landed'): Promise<Exclude<Effect, 'none'>> {
    const effect = await this.#sent.apply(deadline).then(
      (answer) => ({ answer }),
      (refusal: unknown) => ({ refusal }),
    );
    this.#record(fate, effect);
    return effect;
  }

  #record(fate: Extract<Traced, { type: 'operation' }>['fate'], effect: Effect): void {
    const { operation, keys, expected, sent } = this.#sent;
    this.#world.trace({ instance: this.instance, operation, keys, expected, sent, fate, effect });
  }

  #refused(): Error {
    return OF_STORE.includes(this.#sent.operation)
      ? new StoreUnavailable('simulated')
      : new CacheUnavailable('simulated');
  }

  #unknown(): Error {
    return this.#sent.operation === 'commit' ? new OutcomeUnknown('simulated') : this.#refused();
  }
}
