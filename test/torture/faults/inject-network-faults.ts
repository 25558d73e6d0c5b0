import type { WireProxy } from '../../adapters/stores/postgres/wire-proxy.ts';
import { SeededRandom } from '../seeded-random.ts';
import type { FaultContext } from './fault-context.ts';

type Wait = (minMs: number, maxMs: number) => Promise<void>;
type NetworkFault = (proxy: WireProxy, random: SeededRandom, wait: Wait) => Promise<void>;

const INTERVAL_MS = [500, 3000] as const;
/** The fraction of messages affected by a fault that applies to single messages. */
const AFFECTED_FRACTION = 0.1;
const HOLD_ROUNDS = 5;

/** Faults of the network between an instance and the cache. */
const NETWORK_FAULTS: Readonly<Record<string, NetworkFault>> = {
  /** High latency, partly beyond the timeouts. */
  slow: async (proxy, random, wait) => {
    proxy.delayMs += random.between(10, 100);
    await wait(200, 1500);
  },
  'black hole': async (proxy, _random, wait) => {
    proxy.freeze();
    proxy.fateOf = () => 'ignore';
    await wait(200, 2500);
  },
  'connections reset': async (proxy, random, wait) => {
    proxy.reset();
    proxy.isClosed = random.happens(0.5);
    await wait(0, 500);
  },
  'requests lost': async (proxy, random, wait) => {
    proxy.fateOf = () => (random.happens(AFFECTED_FRACTION) ? 'lose' : 'pass');
    await wait(200, 1500);
  },
  /** The requests are applied, but their responses are dropped. */
  'responses lost': async (proxy, random, wait) => {
    proxy.fateOf = () => (random.happens(AFFECTED_FRACTION) ? 'deaf' : 'pass');
    await wait(200, 1500);
  },
  /** Requests are held while the instance loses its connection and continues on a new one; then they are delivered. */
  'requests late': async (proxy, _random, wait) => {
    for (let round = 0; round < HOLD_ROUNDS; round += 1) {
      proxy.fateOf = () => 'hold';
      await wait(10, 80);
      proxy.hangUp();
      proxy.fateOf = () => 'pass';
      await wait(100, 800);
    }
    proxy.deliver();
    await wait(50, 150);
  },
};

/** Late requests are the most likely to reveal a missing rule of the protocol, so they are chosen more often. */
const WEIGHTED_FAULTS = [...Object.keys(NETWORK_FAULTS), 'requests late', 'requests late'];

/** Injects faults into one proxy until `stopSignal`, then restores it. @param number unique for each proxy */
export async function injectNetworkFaults(
  { seed, clock, stopSignal, onFault }: FaultContext,
  proxy: WireProxy,
  number: number,
): Promise<void> {
  const random = new SeededRandom(`${seed} network ${number}`);
  const wait: Wait = (minMs, maxMs) => clock.sleep(random.between(minMs, maxMs), stopSignal);
  const normalDelayMs = proxy.delayMs;
  while (!stopSignal.aborted) {
    await wait(...INTERVAL_MS);
    if (stopSignal.aborted) break;
    for (const name of random.sample(WEIGHTED_FAULTS, 1)) {
      onFault(name);
      await NETWORK_FAULTS[name]?.(proxy, random, wait);
    }
    restore(proxy, normalDelayMs);
  }
}

function restore(proxy: WireProxy, normalDelayMs: number): void {
  proxy.fateOf = () => 'pass';
  proxy.isClosed = false;
  proxy.deliver();
  // Faults can persist on open connections, and messages that are still delayed must not be overtaken.
  proxy.reset();
  proxy.delayMs = normalDelayMs;
}
