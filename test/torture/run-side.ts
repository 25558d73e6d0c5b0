import { setMaxListeners } from 'node:events';
import { SystemClock } from '../../src/adapters/system/system-clock.ts';
import type { Progress } from '../../src/ports/maintenance.ts';
import { Tally } from './checker/tally.ts';
import { injectFaults } from './faults/inject-faults.ts';
import { disagreementsIn } from './rig/disagreements.ts';
import { findLost } from './rig/find-lost.ts';
import { type Caching, type Pair, Rig } from './rig/rig.ts';
import type { TortureSettings } from './settings.ts';
import { findStuck } from './workload/find-stuck.ts';
import { Load } from './workload/load.ts';
import { recordKeysOf } from './workload/record-keys.ts';

/** What one side came to. */
export interface Outcome {
  readonly pair: Pair;
  readonly caching: Caching;
  readonly tally: Tally;
  /** What was broken, and how often. */
  readonly faults: ReadonlyMap<string, number>;
  /** When the load began, on the clock of the tally. */
  readonly begun: number;
}

const TICK_MS = 250;
/** How long writes may take to come through once nothing is broken any more. */
const GIVE_UP_MS = 30_000;
/** So many TTLs of a marker, and the time in which a breaker probes: then nothing is left that hides what is cached. */
const SETTLE_TTLS = 2;
const PROBE_MS = 1500;

/**
 * One side of the comparison, from empty servers to the last look into the store.
 * @param progress in seconds
 * @throws saying how to get a server, where it is missing
 */
export async function runSide(
  pair: Pair,
  caching: Caching,
  settings: TortureSettings,
  progress: Progress,
): Promise<Outcome> {
  const { seed, seconds, markerTtlMs } = settings;
  const clock = new SystemClock();
  const rig = await Rig.start(pair, caching, {
    MARKER_TTL_MS: String(markerTtlMs),
    STORE_TIMEOUT_MS: String(Math.floor(markerTtlMs / 2)),
    LEASE_TTL_MS: String(Math.floor(markerTtlMs / 2)),
    FRESHNESS_SAMPLE: String(settings.sample),
  });
  const tally = new Tally();
  const faults = new Map<string, number>();
  const over = new AbortController();
  const giveUp = new AbortController();
  // Everyone who waits listens.
  setMaxListeners(0, over.signal);
  const load = new Load({ send: rig.send, tally, seed, clock, over: over.signal, giveUp: giveUp.signal });
  const timers = [setTimeout(() => giveUp.abort(), seconds * 1000 + GIVE_UP_MS)];
  try {
    await load.setUp(settings.memberships);
    const begun = clock.monotonic();
    timers.push(
      setTimeout(() => over.abort(), seconds * 1000),
      setInterval(() => progress(Math.round((clock.monotonic() - begun) / 1000), seconds), TICK_MS),
    );
    over.signal.addEventListener('abort', () => clearInterval(timers.at(-1)));
    const context = {
      rig,
      seed,
      clock,
      over: over.signal,
      note: (fault: string) => void faults.set(fault, (faults.get(fault) ?? 0) + 1),
    };
    const keys = load.memberships.flatMap(({ names }) => recordKeysOf(names));
    await Promise.all([
      load.run({ ...settings, endsAt: begun + seconds * 1000 }),
      settings.faults ? injectFaults(context, keys) : undefined,
    ]);
    await clock.sleep(markerTtlMs * SETTLE_TTLS + PROBE_MS);
    const { stuck, evidence } = await findStuck(rig, load.memberships, clock);
    tally.countStuck(stuck.length, evidence);
    await rig.stopInstances();
    for (const { log } of rig.instances) tally.disagreements += disagreementsIn(log);
    for (const tell of await findLost(rig.settings, load.memberships)) tally.countLostWrite(tell);
    return { pair, caching, tally, faults, begun };
  } finally {
    for (const timer of timers) clearTimeout(timer);
    over.abort();
    giveUp.abort();
    await rig.close();
  }
}
