import { fileURLToPath } from 'node:url';
import { newApiKey } from '../../../src/adapters/auth/api-keys/api-key.ts';
import { WireProxy } from '../../adapters/stores/postgres/wire-proxy.ts';
import { STORES } from '../../support/backends.ts';
import { RollcallProcess } from '../../support/rollcall-process.ts';
import type { SeededRandom } from '../seeded-random.ts';
import { HttpClient } from '../workload/http-client.ts';
import type { Request, Send } from '../workload/send.ts';
import { type CacheServer, SHARED_CACHES } from './cache-server.ts';
import { Instance } from './instance.ts';

/** The service as shipped, or with cache-aside in place of the freshness protocol. */
export const VARIANTS = ['rollcall', 'cache-aside'] as const;
export type Variant = (typeof VARIANTS)[number];

export interface Pair {
  readonly store: string;
  readonly cache: string;
}

/** One-way latencies between the instances and the cache. They differ, so that steps of the instances interleave. */
const LATENCIES_MS = [0, 5, 25];
const CACHE_ASIDE_MAIN = fileURLToPath(new URL('../cache-aside/main.ts', import.meta.url));
const API_KEY = newApiKey('torture', ['admin']);

/** Three instances with their own store and cache. Each instance reaches the cache through a fault-injecting proxy. */
export class TestCluster {
  readonly cache: CacheServer;
  readonly proxies: readonly WireProxy[];
  readonly instances: readonly Instance[];
  /** The settings of the instances, but with a direct connection to the cache. */
  readonly settings: Readonly<Record<string, string>>;
  readonly #http = new HttpClient();
  readonly #close: () => Promise<void>;

  /** @param overrides settings of the service @throws with installation instructions if a server is not installed */
  static async start(
    pair: Pair,
    variant: Variant,
    overrides: Readonly<Record<string, string>>,
  ): Promise<TestCluster> {
    const openStore = STORES[pair.store];
    const cacheKind = SHARED_CACHES[pair.cache];
    if (openStore === undefined || cacheKind === undefined) {
      throw new Error(`There is no store or no shared cache of this name: ${pairName(pair)}.`);
    }
    const cleanups: (() => Promise<void> | void)[] = [];
    const close = async () => {
      for (const cleanup of cleanups.reverse()) await cleanup();
    };
    try {
      const store = await openStore();
      cleanups.push(() => store.close());
      const cache = await cacheKind.start();
      // The server would outlive this process if it exits early.
      const killOnExit = () => void cache.kill();
      process.once('exit', killOnExit);
      cleanups.push(() => void process.off('exit', killOnExit));
      cleanups.push(() => cache.stop());
      const settings = (port: number) => ({
        STORE: pair.store,
        CACHE: pair.cache,
        PORT: '0',
        LOG_LEVEL: 'warn',
        API_KEYS: API_KEY.entry,
        ...store.settings,
        ...cacheKind.settings(port),
        ...overrides,
      });
      const proxies: WireProxy[] = [];
      const instances: Instance[] = [];
      for (const latencyMs of LATENCIES_MS) {
        const proxy = await WireProxy.to(cache.port);
        cleanups.push(() => proxy.close());
        proxy.delayMs = latencyMs;
        proxies.push(proxy);
        const launch = {
          env: settings(proxy.port),
          args: ['serve'],
          ...(variant === 'cache-aside' ? { main: CACHE_ASIDE_MAIN } : {}),
        };
        const instance = await Instance.start(() => new RollcallProcess(launch));
        cleanups.push(() => instance.kill());
        instances.push(instance);
      }
      return new TestCluster({ cache, proxies, instances, settings: settings(cache.port), close });
    } catch (error) {
      await close();
      throw error;
    }
  }

  private constructor(parts: {
    cache: CacheServer;
    proxies: readonly WireProxy[];
    instances: readonly Instance[];
    settings: Readonly<Record<string, string>>;
    close: () => Promise<void>;
  }) {
    this.cache = parts.cache;
    this.proxies = parts.proxies;
    this.instances = parts.instances;
    this.settings = parts.settings;
    this.#close = parts.close;
  }

  /** Sends to a random instance that is not paused, as a load balancer with health checks would. */
  readonly send: Send = (random, request) => this.sendTo(this.#pickInstance(random), request);

  sendTo({ url }: Instance, { method, path, body, username, idempotencyKey }: Request) {
    const headers = {
      Authorization: username ?? `ApiKey ${API_KEY.key}`,
      ...(idempotencyKey === undefined ? {} : { 'Idempotency-Key': idempotencyKey }),
    };
    return this.#http.send(url, { method, path, body, headers });
  }

  async stopInstances(): Promise<void> {
    for (const instance of this.instances) await instance.kill();
  }

  async close(): Promise<void> {
    this.#http.close();
    await this.#close();
  }

  /** If paused instances got requests, all clients would soon wait for them and none would observe the others. */
  #pickInstance(random: SeededRandom): Instance {
    const running = this.instances.filter(({ isPaused }) => !isPaused);
    const [first, ...others] = running.length > 0 ? running : this.instances;
    if (first === undefined) throw new Error('The cluster has no instances.');
    return random.pick([first, ...others]);
  }
}

export const pairName = ({ store, cache }: Pair): string => `${store} × ${cache}`;
