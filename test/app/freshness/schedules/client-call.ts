import type { Call } from './history.ts';
import type { Operation, Outcome } from './operation.ts';
import { outcomeOf } from './operation.ts';
import type { SimulatedWorld } from './simulated-world.ts';

const ATTEMPTS = 3;

/** One thing that a client wants: asked for until it is answered, where it may be repeated, else once. */
export class ClientCall {
  readonly #world: SimulatedWorld;
  readonly #client: number;
  readonly #operation: Operation;
  readonly #key: string | undefined;
  #instance: number;
  #attempts = 0;
  #isDone = false;

  /** @param key under which it may be repeated */
  constructor(
    world: SimulatedWorld,
    call: { client: number; instance: number; operation: Operation; key: string | undefined },
  ) {
    this.#world = world;
    this.#client = call.client;
    this.#operation = call.operation;
    this.#key = call.operation.changesAs === undefined ? undefined : call.key;
    this.#instance = call.instance;
  }

  get isDone(): boolean {
    return this.#isDone;
  }

  start(): void {
    this.#world.steps.add({ patience: 0, run: () => this.#ask() });
  }

  #ask(): void {
    this.#attempts += 1;
    const about = {
      operation: this.#operation,
      client: this.#client,
      instance: this.#world.livingInstance(this.#instance),
      key: this.#key,
    };
    const call: Call = this.#world.begin(about, () => this.#goOn(undefined));
    void outcomeOf(this.#operation.ask(this.#world.serviceUnderTest(call))).then((outcome) => {
      if (call.isGivenUp) return;
      this.#world.end(call, outcome);
      this.#goOn(outcome);
    });
  }

  /** Repeats what failed, on another instance. @param outcome none where the instance has crashed */
  #goOn(outcome: Outcome | undefined): void {
    const hasFailed = outcome === undefined || outcome.type === 'failure';
    if (hasFailed && this.#key !== undefined && this.#attempts < ATTEMPTS) {
      this.#instance += 1;
      this.start();
    } else {
      this.#isDone = true;
    }
  }
}
