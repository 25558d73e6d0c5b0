import type { RollcallProcess } from '../../support/rollcall-process.ts';

/** A process of the service that can be killed, restarted and paused at any time. */
export class Instance {
  /** The address of the current process, or of the last one. */
  url = '';
  readonly #logs: string[] = [];
  readonly #launch: () => RollcallProcess;
  #process: RollcallProcess | undefined;
  #isPaused = false;

  static async start(launch: () => RollcallProcess): Promise<Instance> {
    const instance = new Instance(launch);
    await instance.#start();
    return instance;
  }

  private constructor(launch: () => RollcallProcess) {
    this.#launch = launch;
  }

  async restart(): Promise<void> {
    await this.kill();
    await this.#start();
  }

  async kill(): Promise<void> {
    if (this.#process === undefined) return;
    await this.#process.kill();
    this.#logs.push(this.#process.stderr);
    this.#process = undefined;
    this.#isPaused = false;
  }

  /** Suspends the process. A suspended process can be killed. */
  pause(): void {
    this.#process?.signal('SIGSTOP');
    this.#isPaused = this.#process !== undefined;
  }

  resume(): void {
    this.#process?.signal('SIGCONT');
    this.#isPaused = false;
  }

  get isPaused(): boolean {
    return this.#isPaused;
  }

  /** The logs of all processes that have been killed. */
  get log(): string {
    return this.#logs.join('\n');
  }

  async #start(): Promise<void> {
    this.#process = this.#launch();
    this.url = await this.#process.url();
  }
}
