import { ApiClient } from './api-client.ts';
import { startComposedService } from './composed-service.ts';
import { RollcallProcess, temporaryFolder } from './rollcall-process.ts';

type Settings = Readonly<Record<string, string>>;

/** One running instance, and how to end it without warning. */
interface Instance {
  readonly url: string;
  kill(): Promise<void>;
}

/** One or two instances on one store and one cache. */
export class Fleet {
  /** Whether the store outlives its instances. */
  readonly durable: boolean;
  readonly #start: () => Promise<Instance>;
  readonly #closeRest: () => Promise<void> | void;
  #running: Instance[] = [];

  /** @param size 1 where only one process may have the store open */
  static async start(parts: {
    readonly start: () => Promise<Instance>;
    readonly size: 1 | 2;
    readonly durable: boolean;
    readonly close: () => Promise<void> | void;
  }): Promise<Fleet> {
    const fleet = new Fleet(parts);
    for (let i = 0; i < parts.size; i += 1) fleet.#running.push(await parts.start());
    return fleet;
  }

  private constructor(parts: {
    readonly start: () => Promise<Instance>;
    readonly durable: boolean;
    readonly close: () => Promise<void> | void;
  }) {
    this.#start = parts.start;
    this.durable = parts.durable;
    this.#closeRest = parts.close;
  }

  /** The first and the last one: the same where there is only one. */
  get instances(): [ApiClient, ApiClient] {
    const [first] = this.#running;
    const last = this.#running.at(-1);
    if (first === undefined || last === undefined) throw new Error('The fleet is closed.');
    return [new ApiClient(first.url), new ApiClient(last.url)];
  }

  /** Kills the first instance and starts another in its place. */
  async restart(): Promise<void> {
    await this.#running.shift()?.kill();
    this.#running.unshift(await this.#start());
  }

  async close(): Promise<void> {
    for (const instance of this.#running) await instance.kill();
    this.#running = [];
    await this.#closeRest();
  }
}

/** An instance inside this process, for what needs to be quick. */
export async function inProcessInstance(settings: Settings): Promise<Instance> {
  const { url, close } = await startComposedService(settings);
  return { url, kill: close };
}

/** An instance in a process of its own. */
export async function childProcessInstance(settings: Settings): Promise<Instance> {
  const instance = new RollcallProcess({
    folder: temporaryFolder(),
    env: { PORT: '0', LOG_LEVEL: 'warn', ...settings },
    args: ['serve'],
  });
  return { url: await instance.url(), kill: () => instance.kill() };
}
