import { startComposedService } from './composed-service.ts';
import { RollcallProcess, temporaryFolder } from './rollcall-process.ts';

type Settings = Readonly<Record<string, string>>;

/** A running instance. */
interface Instance {
  readonly url: string;
  kill(): Promise<void>;
}

/** One or two instances with the same store and cache. */
export class Fleet {
  readonly #start: () => Promise<Instance>;
  readonly #closeBackends: () => Promise<void> | void;
  #running: Instance[] = [];

  /** @param size 1 for a store that only one process can open */
  static async start(parts: {
    readonly start: () => Promise<Instance>;
    readonly size: 1 | 2;
    readonly close: () => Promise<void> | void;
  }): Promise<Fleet> {
    const fleet = new Fleet(parts);
    for (let i = 0; i < parts.size; i += 1) fleet.#running.push(await parts.start());
    return fleet;
  }

  private constructor(parts: {
    readonly start: () => Promise<Instance>;
    readonly close: () => Promise<void> | void;
  }) {
    this.#start = parts.start;
    this.#closeBackends = parts.close;
  }

  /** Of the first and the last instance, which are the same if there is only one. */
  get urls(): [string, string] {
    const [first] = this.#running;
    const last = this.#running.at(-1);
    if (first === undefined || last === undefined) throw new Error('the fleet is closed');
    return [first.url, last.url];
  }

  /** Kills the first instance and replaces it by a new one. */
  async restart(): Promise<void> {
    await this.#running.shift()?.kill();
    this.#running.unshift(await this.#start());
  }

  async close(): Promise<void> {
    for (const instance of this.#running) await instance.kill();
    this.#running = [];
    await this.#closeBackends();
  }
}

/** An instance in this process, which starts quickly. */
export async function inProcessInstance(settings: Settings): Promise<Instance> {
  const { url, close } = await startComposedService(settings);
  return { url, kill: close };
}

/** An instance in a separate process. */
export async function childProcessInstance(settings: Settings): Promise<Instance> {
  const instance = new RollcallProcess({
    folder: temporaryFolder(),
    env: { PORT: '0', LOG_LEVEL: 'warn', ...settings },
    args: ['serve'],
  });
  return { url: await instance.url(), kill: () => instance.kill() };
}
