import type { Instance } from '../cluster/instance.ts';
import type { TestCluster } from '../cluster/test-cluster.ts';
import { SeededRandom } from '../seeded-random.ts';
import type { FaultContext } from './fault-context.ts';

type ProcessFault = (
  cluster: TestCluster,
  instance: Instance,
  wait: (minMs: number, maxMs: number) => Promise<void>,
) => Promise<void>;

const INTERVAL_MS = [2000, 5000] as const;

const killInstance: ProcessFault = (_cluster, instance) => instance.restart();

/** The instance cannot close its connections, and never completes the operations that it had started. */
const killHungInstance: ProcessFault = async (_cluster, instance, wait) => {
  instance.pause();
  await wait(300, 2000);
  await instance.restart();
};

const killCache: ProcessFault = async ({ cache }, _instance, wait) => {
  await cache.kill();
  await wait(0, 1500);
  await cache.start();
};

const hangCache: ProcessFault = async ({ cache }, _instance, wait) => {
  cache.pause();
  await wait(100, 2000);
  cache.resume();
};

const PROCESS_FAULTS: readonly [readonly [string, ProcessFault], ...(readonly [string, ProcessFault])[]] = [
  ['instance killed', killInstance],
  ['instance killed', killInstance],
  ['hung instance killed', killHungInstance],
  ['cache killed', killCache],
  ['cache hung', hangCache],
];

/** Kills instances and the cache, one at a time, until `stopSignal`. When it returns, all of them are running. */
export async function injectProcessFaults({
  cluster,
  seed,
  clock,
  stopSignal,
  onFault,
}: FaultContext): Promise<void> {
  const random = new SeededRandom(`${seed} processes`);
  const wait = (minMs: number, maxMs: number) => clock.sleep(random.between(minMs, maxMs), stopSignal);
  const [first, ...others] = cluster.instances;
  if (first === undefined) return;
  while (!stopSignal.aborted) {
    await wait(...INTERVAL_MS);
    if (stopSignal.aborted) break;
    const [name, inject] = random.pick(PROCESS_FAULTS);
    onFault(name);
    await inject(cluster, random.pick([first, ...others]), wait);
  }
}
