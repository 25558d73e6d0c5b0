import { Chance } from '../chance.ts';
import type { FaultContext } from './fault-context.ts';

const CALM_MS = [500, 2500] as const;
/** Some for longer than a marker lives. */
const HUNG_MS = [300, 3000] as const;

/**
 * Stops one instance after another for a while, wherever it is: as a paused machine, or a long collection of garbage. One
 * may be killed meanwhile; then whoever has taken its place goes on. Until it is over; then none is stopped.
 */
export async function hangs({ rig, seed, clock, over, note }: FaultContext): Promise<void> {
  const chance = new Chance(`${seed} hangs`);
  const pause = ([from, to]: readonly [number, number]) => clock.sleep(chance.between(from, to), over);
  const [first, ...more] = rig.instances;
  if (first === undefined) return;
  while (!over.aborted) {
    await pause(CALM_MS);
    if (over.aborted) break;
    const instance = chance.pick([first, ...more]);
    note('instance hung');
    instance.pause();
    await pause(HUNG_MS);
    instance.resume();
  }
}
