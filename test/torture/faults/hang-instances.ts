import { SeededRandom } from '../seeded-random.ts';
import type { FaultContext } from './fault-context.ts';

const INTERVAL_MS = [500, 2500] as const;
/** Up to three times the default marker TTL of a run. */
const HANG_MS = [300, 3000] as const;

/**
 * Suspends one instance at a time, as a paused virtual machine or a long garbage collection does. If the instance is
 * killed meanwhile, its replacement is resumed. When it returns, no instance is suspended.
 */
export async function hangInstances({
  cluster,
  seed,
  clock,
  stopSignal,
  onFault,
}: FaultContext): Promise<void> {
  const random = new SeededRandom(`${seed} hangs`);
  const wait = ([min, max]: readonly [number, number]) => clock.sleep(random.between(min, max), stopSignal);
  const [first, ...others] = cluster.instances;
  if (first === undefined) return;
  while (!stopSignal.aborted) {
    await wait(INTERVAL_MS);
    if (stopSignal.aborted) break;
    const instance = random.pick([first, ...others]);
    onFault('instance hung');
    instance.pause();
    await wait(HANG_MS);
    instance.resume();
  }
}
