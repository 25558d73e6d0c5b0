import { SystemClock } from '../../src/adapters/system/system-clock.ts';
import type { Progress } from '../../src/ports/maintenance.ts';
import { Chance } from './chance.ts';
import { Tally } from './checker/tally.ts';
import { disasters } from './faults/disasters.ts';
import { evictions } from './faults/evictions.ts';
import { weather } from './faults/weather.ts';
import { disagreementsIn } from './rig/disagreements.ts';
import { type Caching, type Pair, Rig } from './rig/rig.ts';
import { storedAnswers } from './rig/stored-answers.ts';
import type { TortureSettings } from './settings.ts';
import { findStuck } from './workload/find-stuck.ts';
import { Load } from './workload/load.ts';
import { saidBy } from './workload/reader.ts';
import { recordKeysOf } from './workload/record-keys.ts';
import { stateOf } from './workload/situation.ts';

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
 * @throws {ServerMissing}
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
    STORE_TIMEOUT_MS: String(markerTtlMs / 2),
    LEASE_TTL_MS: String(markerTtlMs / 2),
    FRESHNESS_SAMPLE: String(settings.sample),
  });
  const over = new AbortController();
  const giveUp = new AbortController();
  const tally = new Tally();
  const faults = new Map<string, number>();
  const note = (fault: string) => void faults.set(fault, (faults.get(fault) ?? 0) + 1);
  const timers = [setTimeout(() => giveUp.abort(), seconds * 1000 + GIVE_UP_MS)];
  try {
    const load = new Load({ send: rig.send, tally, seed, clock, over: over.signal, giveUp: giveUp.signal });
    await load.setUp(settings.memberships);
    const begun = clock.monotonic();
    const endsAt = begun + seconds * 1000;
    timers.push(
      setTimeout(() => over.abort(), seconds * 1000),
      setInterval(() => progress(Math.round((clock.monotonic() - begun) / 1000), seconds), TICK_MS),
    );
    over.signal.addEventListener('abort', () => clearInterval(timers.at(-1)));
    const trouble = { clock, over: over.signal, note };
    await Promise.all([
      load.run({ ...settings, endsAt }),
      ...(settings.faults
        ? [
            evictions({
              settings: rig.settings,
              keys: load.memberships.flatMap(({ names }) => recordKeysOf(names)),
              chance: new Chance(`${seed} evictions`),
              ...trouble,
            }),
            disasters({ rig, chance: new Chance(`${seed} disasters`), ...trouble }),
            ...rig.links.map((link, i) =>
              weather({ link, chance: new Chance(`${seed} weather ${i}`), ...trouble }),
            ),
          ]
        : []),
    ]);
    await clock.sleep(markerTtlMs * SETTLE_TTLS + PROBE_MS);
    const { stuck, evidence } = await findStuck(rig, load.memberships, clock);
    tally.countStuck(stuck.length, evidence);
    await rig.stopInstances();
    for (const { log } of rig.instances) tally.disagreements += disagreementsIn(log);
    const stored = await storedAnswers(
      rig.settings,
      load.memberships.map(({ names }) => names),
    );
    for (const [i, { names, now }] of load.memberships.entries()) {
      const result = stored[i];
      if (result === undefined) continue;
      const said = saidBy(result.allowed ? result : undefined, result.allowed ? undefined : result.reason);
      const expected = stateOf(now).answers;
      if (said === undefined || !expected.includes(said.answers[0] ?? '')) {
        tally.countLostWrite(`${names.user}: the store says "${said?.answers[0]}", not "${expected[0]}"`);
      }
    }
    return { pair, caching, tally, faults, begun };
  } finally {
    for (const timer of timers) clearTimeout(timer);
    over.abort();
    giveUp.abort();
    await rig.close();
  }
}
