import type { WireProxy } from '../../adapters/stores/postgres/wire-proxy.ts';
import { Chance } from '../chance.ts';
import type { FaultContext } from './fault-context.ts';

type Pause = (fromMs: number, toMs: number) => Promise<void>;
type Fault = (link: WireProxy, chance: Chance, pause: Pause) => Promise<void>;

const CALM_MS = [500, 3000] as const;
/** Of what is sent while a fault strikes at single requests. */
const STRUCK = 0.1;
const LATE_ROUNDS = 5;

/** What a network does to the way between an instance and the cache. */
const FAULTS: Readonly<Record<string, Fault>> = {
  /** Everything takes long, some of it too long. */
  slow: async (link, chance, pause) => {
    link.delayMs += chance.between(10, 100);
    await pause(200, 1500);
  },
  'black hole': async (link, _chance, pause) => {
    link.freeze();
    link.fateOf = () => 'ignore';
    await pause(200, 2500);
  },
  'connections reset': async (link, chance, pause) => {
    link.reset();
    link.isClosed = chance.happens(0.5);
    await pause(0, 500);
  },
  'requests lost': async (link, chance, pause) => {
    link.fateOf = () => (chance.happens(STRUCK) ? 'lose' : 'pass');
    await pause(200, 1500);
  },
  /** Applied, and the answer is dropped. */
  'replies lost': async (link, chance, pause) => {
    link.fateOf = () => (chance.happens(STRUCK) ? 'deaf' : 'pass');
    await pause(200, 1500);
  },
  /** Held back while the instance has lost its connection and goes on over a new one; then they arrive. */
  'requests late': async (link, _chance, pause) => {
    for (let round = 0; round < LATE_ROUNDS; round += 1) {
      link.fateOf = () => 'hold';
      await pause(10, 80);
      link.hangUp();
      link.fateOf = () => 'pass';
      await pause(100, 800);
    }
    link.deliver();
    await pause(50, 150);
  },
};

/** The most instructive one comes more often. */
const CHOICE = [...Object.keys(FAULTS), 'requests late', 'requests late'];

/** Disturbs one link, again and again, until it is over; then the link is as new. @param number unlike any other's */
export async function networkFaults(
  { seed, clock, over, note }: FaultContext,
  link: WireProxy,
  number: number,
): Promise<void> {
  const chance = new Chance(`${seed} weather ${number}`);
  const pause: Pause = (fromMs, toMs) => clock.sleep(chance.between(fromMs, toMs), over);
  const usualDelayMs = link.delayMs;
  while (!over.aborted) {
    await pause(...CALM_MS);
    if (over.aborted) break;
    for (const name of chance.sample(CHOICE, 1)) {
      note(name);
      await FAULTS[name]?.(link, chance, pause);
    }
    clearUp(link, usualDelayMs);
  }
}

function clearUp(link: WireProxy, usualDelayMs: number): void {
  link.fateOf = () => 'pass';
  link.isClosed = false;
  link.deliver();
  // What is connected may have been struck for good; and what is still delayed must not be overtaken.
  link.reset();
  link.delayMs = usualDelayMs;
}
