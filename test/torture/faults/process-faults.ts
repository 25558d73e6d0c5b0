import { Chance } from '../chance.ts';
import type { Instance } from '../rig/instance.ts';
import type { Rig } from '../rig/rig.ts';
import type { FaultContext } from './fault-context.ts';

type ProcessFault = (
  rig: Rig,
  instance: Instance,
  pause: (fromMs: number, toMs: number) => Promise<void>,
) => Promise<void>;

const CALM_MS = [2000, 5000] as const;

const killInstance: ProcessFault = (_rig, instance) => instance.restart();

/** It cannot say goodbye to anybody, and comes back with nothing of what it was about to do. */
const killHungInstance: ProcessFault = async (_rig, instance, pause) => {
  instance.pause();
  await pause(300, 2000);
  await instance.restart();
};

const killCache: ProcessFault = async ({ cache }, _instance, pause) => {
  await cache.kill();
  await pause(0, 1500);
  await cache.start();
};

const pauseCache: ProcessFault = async ({ cache }, _instance, pause) => {
  cache.pause();
  await pause(100, 2000);
  cache.resume();
};

const PROCESS_FAULTS: readonly [readonly [string, ProcessFault], ...(readonly [string, ProcessFault])[]] = [
  ['instance killed', killInstance],
  ['instance killed', killInstance],
  ['hung instance killed', killHungInstance],
  ['cache killed', killCache],
  ['cache hung', pauseCache],
];

/** Kills instances and the cache, one at a time, until it is over; then all of them run. */
export async function processFaults({ rig, seed, clock, over, note }: FaultContext): Promise<void> {
  const chance = new Chance(`${seed} disasters`);
  const pause = (fromMs: number, toMs: number) => clock.sleep(chance.between(fromMs, toMs), over);
  const [first, ...more] = rig.instances;
  if (first === undefined) return;
  while (!over.aborted) {
    await pause(...CALM_MS);
    if (over.aborted) break;
    const [name, strike] = chance.pick(PROCESS_FAULTS);
    note(name);
    await strike(rig, chance.pick([first, ...more]), pause);
  }
}
