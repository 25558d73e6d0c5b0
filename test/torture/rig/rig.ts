import { fileURLToPath } from 'node:url';
import { newApiKey } from '../../../src/adapters/auth/api-keys/api-key.ts';
import { WireProxy } from '../../adapters/stores/postgres/wire-proxy.ts';
import { STORES } from '../../support/backends.ts';
import { RollcallProcess } from '../../support/rollcall-process.ts';
import { HttpClient } from '../workload/http-client.ts';
import type { Send } from '../workload/send.ts';
import { type CacheServer, SHARED_CACHES } from './cache-server.ts';
import { Instance } from './instance.ts';

/** The service as it is, or with the caching of the tutorial in its place. */
export type Caching = 'ours' | 'naive';

export interface Pair {
  readonly store: string;
  readonly cache: string;
}

/** How long bytes take between each instance and the cache, one way: so the steps of two instances interleave in every way. */
const DISTANCES_MS = [0, 5, 25];
const NAIVE_MAIN = fileURLToPath(new URL('../naive/main.ts', import.meta.url));
const SERVICE = newApiKey('torture', ['admin']);

/** Three instances on one store and one cache of their own, each with a way to the cache that can be disturbed. */
export class Rig {
  readonly cache: CacheServer;
  readonly links: readonly WireProxy[];
  readonly instances: readonly Instance[];
  /** Those of the instances, but with the straight way to the cache. */
  readonly settings: Readonly<Record<string, string>>;
  readonly #http = new HttpClient();
  readonly #close: () => Promise<void>;

  /** @param overrides settings of the service @throws saying how to get a server, where it is missing */
  static async start(
    pair: Pair,
    caching: Caching,
    overrides: Readonly<Record<string, string>>,
  ): Promise<Rig> {
    const openStore = STORES[pair.store];
    const kind = SHARED_CACHES[pair.cache];
    if (openStore === undefined || kind === undefined) throw new Error(`No such pair: ${pairName(pair)}.`);
    const opened: (() => Promise<void> | void)[] = [];
    const close = async () => {
      for (const end of opened.reverse()) await end();
    };
    try {
      const store = await openStore();
      opened.push(() => store.close());
      const cache = await kind.start();
      // It would outlive a process that ends early.
      const abandon = () => void cache.kill();
      process.once('exit', abandon);
      opened.push(() => void process.off('exit', abandon));
      opened.push(() => cache.stop());
      const settings = (port: number) => ({
        STORE: pair.store,
        CACHE: pair.cache,
        PORT: '0',
        LOG_LEVEL: 'warn',
        API_KEYS: SERVICE.entry,
        ...store.settings,
        ...kind.settings(port),
        ...overrides,
      });
      const links: WireProxy[] = [];
      const instances: Instance[] = [];
      for (const distance of DISTANCES_MS) {
        const link = await WireProxy.to(cache.port);
        opened.push(() => link.close());
        link.delayMs = distance;
        links.push(link);
        const launch = {
          env: settings(link.port),
          args: ['serve'],
          ...(caching === 'naive' ? { main: NAIVE_MAIN } : {}),
        };
        const instance = await Instance.start(() => new RollcallProcess(launch));
        opened.push(() => instance.kill());
        instances.push(instance);
      }
      return new Rig({ cache, links, instances, settings: settings(cache.port), close });
    } catch (error) {
      await close();
      throw error;
    }
  }

  private constructor(parts: {
    cache: CacheServer;
    links: readonly WireProxy[];
    instances: readonly Instance[];
    settings: Readonly<Record<string, string>>;
    close: () => Promise<void>;
  }) {
    this.cache = parts.cache;
    this.links = parts.links;
    this.instances = parts.instances;
    this.settings = parts.settings;
    this.#close = parts.close;
  }

  /** To whichever instance comes up, as by a balancer that passes over those that hang. */
  readonly send: Send = (chance, request) => this.sendTo(this.#any(chance), request);

  sendTo({ url }: Instance, { method, path, body, as, idempotencyKey }: Parameters<Send>[1]) {
    const headers = {
      Authorization: as ?? `ApiKey ${SERVICE.key}`,
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

  #any(chance: Parameters<Send>[0]): Instance {
    // Else all who ask would soon wait for one that hangs, and nobody would see what the others answer meanwhile.
    const going = this.instances.filter(({ isPaused }) => !isPaused);
    const [first, ...more] = going.length > 0 ? going : this.instances;
    if (first === undefined) throw new Error('There are no instances.');
    return chance.pick([first, ...more]);
  }
}

export const pairName = ({ store, cache }: Pair): string => `${store} × ${cache}`;
