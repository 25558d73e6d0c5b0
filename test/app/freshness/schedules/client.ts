import type { Call } from './history.ts';
import { type Operation, type Outcome, outcomeOf } from './operation.ts';
import type { ClientPlan } from './schedule.ts';
import type { SimulatedWorld } from './simulated-world.ts';
import { THEMES } from './workload.ts';

const ATTEMPTS = 3;

interface Ask {
  readonly operation: Operation;
  readonly isRepeatable: boolean;
}

/** Asks one thing after the other, each when the one before has been answered or its instance has crashed. */
export class Client {
  readonly #world: SimulatedWorld;
  readonly #number: number;
  readonly #asks: readonly Ask[];
  #instance: number;

  constructor(world: SimulatedWorld, number: number, instance: number, asks: readonly Ask[]) {
    this.#world = world;
    this.#number = number;
    this.#instance = instance;
    this.#asks = asks;
  }

  static of(world: SimulatedWorld, number: number, { instance, asks }: ClientPlan, theme: number): Client {
    const operations = THEMES[theme % THEMES.length] ?? [];
    return new Client(
      world,
      number,
      instance,
      asks.flatMap(({ operation: i, isRepeatable }) => {
        const operation = operations[i % operations.length];
        return operation === undefined ? [] : [{ operation, isRepeatable }];
      }),
    );
  }

  start(): void {
    this.#next(0, 1);
  }

  #next(n: number, attempt: number): void {
    const ask = this.#asks[n];
    if (ask === undefined) return;
    this.#world.steps.add({ patience: 0, run: () => this.#ask(ask, n, attempt) });
  }

  #ask({ operation, isRepeatable }: Ask, n: number, attempt: number): void {
    const instance = this.#world.livingInstance(this.#instance);
    const key = isRepeatable && operation.changesAs !== undefined ? `${this.#number}.${n}` : undefined;
    const call: Call = this.#world.begin({ operation, client: this.#number, instance, key }, () =>
      this.#goOn(undefined, key, n, attempt),
    );
    void outcomeOf(operation.ask(this.#world.doors(call))).then((outcome) => {
      if (call.isGivenUp) return;
      this.#world.end(call, outcome);
      this.#goOn(outcome, key, n, attempt);
    });
  }

  /** Repeats what failed where that may be done, on another instance. */
  #goOn(outcome: Outcome | undefined, key: string | undefined, n: number, attempt: number): void {
    const again = (outcome === undefined || outcome.type === 'failure') && key !== undefined;
    if (again && attempt < ATTEMPTS) {
      this.#instance += 1;
      this.#next(n, attempt + 1);
    } else {
      this.#next(n + 1, 1);
    }
  }
}
