import type { RollcallProcess } from '../../support/rollcall-process.ts';

/** One process of the service, which may be killed and started again at any moment. */
export class Instance {
  /** Where it listens, or did before it was killed. */
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

  /** Stops it wherever it is, and lets it go on. One that is stopped can be killed. */
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

  /** What its processes have logged, once it has been killed. */
  get log(): string {
    return this.#logs.join('\n');
  }

  async #start(): Promise<void> {
    this.#process = this.#launch();
    this.url = await this.#process.url();
  }
}
