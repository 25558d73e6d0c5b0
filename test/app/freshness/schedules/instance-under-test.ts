import type { FreshnessParts } from '../../../../src/app/freshness/freshness-parts.ts';
import type { Clock } from '../../../../src/ports/clock.ts';
import type { ServiceUnderTest } from './operation.ts';
import { PendingOperation, type Surroundings } from './pending-operation.ts';
import type { Fate } from './schedule.ts';
import { SeededCircuitBreaker } from './seeded-circuit-breaker.ts';
import { type Alteration, simulatedInstance } from './simulated-instance.ts';
import { type Send, SteppedCache, SteppedStore } from './stepped-ports.ts';

/** One instance in a world: all that it asks of store and cache becomes a step. */
export class InstanceUnderTest {
  readonly serviceUnderTest: () => ServiceUnderTest;
  isCrashed = false;
  readonly #world: Surroundings;
  readonly #breaker = new SeededCircuitBreaker();
  #cacheFate: { readonly fate: Fate; readonly until: number } | undefined;

  constructor(
    number: number,
    shared: Omit<FreshnessParts, 'breaker' | 'clock' | 'telemetry'>,
    world: Surroundings,
    alteration: Alteration,
  ) {
    this.#world = world;
    const send: Send = (sent) => {
      const operation = new PendingOperation(world, number, sent);
      if (!this.isCrashed) world.await(operation as PendingOperation<unknown>);
      return operation.answer;
    };
    const parts = {
      ...shared,
      store: new SteppedStore(shared.store, send),
      cache: new SteppedCache(shared.cache, send),
      clock: this.#clock(number),
      breaker: this.#breaker,
      telemetry: { emit: () => {} },
    };
    this.serviceUnderTest = simulatedInstance(alteration.instance?.(parts, number) ?? parts, alteration);
  }

  /** For some steps its reads pass the cache. */
  openBreaker(steps: number): void {
    const until = this.#world.steps.taken + steps;
    this.#breaker.isOpen = () => this.#world.steps.taken < until;
  }

  /** For some steps its cache operations come to this. */
  cutOff(steps: number, fate: Fate): void {
    this.#cacheFate = { fate, until: this.#world.steps.taken + steps };
  }

  /** What its cache operations come to now, if anything. */
  cacheFate(): Fate | undefined {
    const now = this.#cacheFate;
    return now !== undefined && this.#world.steps.taken < now.until ? now.fate : undefined;
  }

  /** Time is everybody's, sleep is its own. */
  #clock(number: number): Clock {
    const { clock, steps, woke } = this.#world;
    const sleep = (ms: number, until?: AbortSignal) =>
      new Promise<void>((wake) => {
        if (until?.aborted) return wake();
        const due = clock.monotonic() + ms;
        const step = {
          patience: ms,
          run: async () => {
            if (this.isCrashed) return;
            await clock.advance(Math.max(0, due - clock.monotonic()));
            woke(number);
            wake();
          },
        };
        steps.add(step);
        until?.addEventListener('abort', () => {
          steps.remove(step);
          wake();
        });
      });
    return { now: () => clock.now(), monotonic: () => clock.monotonic(), sleep };
  }
}
