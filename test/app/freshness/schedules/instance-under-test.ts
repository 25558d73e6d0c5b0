import type { FreshnessParts } from '../../../../src/app/freshness/freshness-parts.ts';
import type { Clock } from '../../../../src/ports/clock.ts';
import type { ServiceUnderTest } from './operation.ts';
import { PendingOperation, type SimulationContext } from './pending-operation.ts';
import type { InjectedOutcome } from './schedule.ts';
import { ScriptedCircuitBreaker } from './scripted-circuit-breaker.ts';
import { type Overrides, simulatedInstance } from './simulated-instance.ts';
import { SteppedCache, SteppedStore, type Store, type SubmitRequest } from './stepped-ports.ts';

/** One instance in a simulation: each of its store and cache operations becomes a step. */
export class InstanceUnderTest {
  readonly serviceUnderTest: () => ServiceUnderTest;
  isCrashed = false;
  readonly #context: SimulationContext;
  readonly #breaker = new ScriptedCircuitBreaker();
  #partition: { readonly outcome: InjectedOutcome; readonly until: number } | undefined;

  constructor(
    number: number,
    shared: Omit<FreshnessParts, 'breaker' | 'clock' | 'telemetry' | 'store'> & { readonly store: Store },
    context: SimulationContext,
    overrides: Overrides,
  ) {
    this.#context = context;
    const submit: SubmitRequest = (request) => {
      const operation = new PendingOperation(context, number, request);
      if (!this.isCrashed) context.enqueue(operation as PendingOperation<unknown>);
      return operation.response;
    };
    const parts = {
      ...shared,
      store: new SteppedStore(shared.store, submit),
      cache: new SteppedCache(shared.cache, submit),
      clock: this.#clock(number),
      breaker: this.#breaker,
      telemetry: { emit: () => {} },
    };
    this.serviceUnderTest = simulatedInstance(overrides.instance?.(parts, number) ?? parts, overrides);
  }

  /** Opens the circuit breaker for some steps, so that reads bypass the cache. */
  openBreaker(steps: number): void {
    const until = this.#context.steps.taken + steps;
    this.#breaker.isOpen = () => this.#context.steps.taken < until;
  }

  /** For some steps, cache operations have this outcome. */
  partitionCache(steps: number, outcome: InjectedOutcome): void {
    this.#partition = { outcome, until: this.#context.steps.taken + steps };
  }

  /** The outcome of cache operations while the instance is partitioned from the cache. */
  partitionOutcome(): InjectedOutcome | undefined {
    const partition = this.#partition;
    return partition !== undefined && this.#context.steps.taken < partition.until
      ? partition.outcome
      : undefined;
  }

  /** All instances share the time; each sleep is a step. */
  #clock(number: number): Clock {
    const { clock, steps, sleepEnded } = this.#context;
    const sleep = (ms: number, signal?: AbortSignal) =>
      new Promise<void>((resolve) => {
        if (signal?.aborted) return resolve();
        const due = clock.monotonic() + ms;
        const step = {
          delayMs: ms,
          run: async () => {
            if (this.isCrashed) return;
            await clock.advance(Math.max(0, due - clock.monotonic()));
            sleepEnded(number);
            resolve();
          },
        };
        steps.add(step);
        signal?.addEventListener('abort', () => {
          steps.remove(step);
          resolve();
        });
      });
    return { now: () => clock.now(), monotonic: () => clock.monotonic(), sleep };
  }
}
