import type { Call } from './history.ts';
import { type CallOutcome, callOutcome, type Operation } from './operation.ts';
import type { Simulation } from './simulation.ts';

const MAX_ATTEMPTS = 3;

/** One operation that a client requests. It is retried on failure if it has an idempotency key. */
export class ClientCall {
  readonly #simulation: Simulation;
  readonly #client: number;
  readonly #operation: Operation;
  readonly #idempotencyKey: string | undefined;
  #instance: number;
  #attempts = 0;
  #isDone = false;

  /** @param call.idempotencyKey ignored for reads */
  constructor(
    simulation: Simulation,
    call: { client: number; instance: number; operation: Operation; idempotencyKey: string | undefined },
  ) {
    this.#simulation = simulation;
    this.#client = call.client;
    this.#operation = call.operation;
    this.#idempotencyKey = call.operation.writesAs === undefined ? undefined : call.idempotencyKey;
    this.#instance = call.instance;
  }

  get isDone(): boolean {
    return this.#isDone;
  }

  start(): void {
    this.#simulation.steps.add({ delayMs: 0, run: () => this.#send() });
  }

  #send(): void {
    this.#attempts += 1;
    const request = {
      operation: this.#operation,
      client: this.#client,
      instance: this.#simulation.nextRunningInstance(this.#instance),
      idempotencyKey: this.#idempotencyKey,
    };
    const call: Call = this.#simulation.beginCall(request, () => this.#retryOrFinish(undefined));
    void callOutcome(this.#operation.invoke(this.#simulation.serviceUnderTest(call))).then((outcome) => {
      if (call.isAbandoned) return;
      this.#simulation.endCall(call, outcome);
      this.#retryOrFinish(outcome);
    });
  }

  /** Retries on another instance. @param outcome `undefined` = the instance crashed */
  #retryOrFinish(outcome: CallOutcome | undefined): void {
    const hasFailed = outcome === undefined || outcome.type === 'failure';
    if (hasFailed && this.#idempotencyKey !== undefined && this.#attempts < MAX_ATTEMPTS) {
      this.#instance += 1;
      this.start();
    } else {
      this.#isDone = true;
    }
  }
}
