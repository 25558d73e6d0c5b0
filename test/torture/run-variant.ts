import { setMaxListeners } from 'node:events';
import { SystemClock } from '../../src/adapters/system/system-clock.ts';
import type { Progress } from '../../src/ports/maintenance.ts';
import { Statistics } from './checker/statistics.ts';
import { countMismatches } from './cluster/count-mismatches.ts';
import { findLostWrites } from './cluster/find-lost-writes.ts';
import { type Pair, TestCluster, type Variant } from './cluster/test-cluster.ts';
import { injectFaults } from './faults/inject-faults.ts';
import type { TortureSettings } from './settings.ts';
import { findStale } from './workload/find-stale.ts';
import { recordKeysOf } from './workload/record-keys.ts';
import { Workload } from './workload/workload.ts';

export interface VariantResult {
  readonly pair: Pair;
  readonly variant: Variant;
  readonly statistics: Statistics;
  /** How often each fault was injected. */
  readonly faults: ReadonlyMap<string, number>;
  /** On the clock of the statistics. */
  readonly loadStartedAt: number;
}

const PROGRESS_INTERVAL_MS = 250;
/** How long the writes of the setup are retried. */
const SETUP_DEADLINE_MS = 60_000;
/** How long writes are retried after fault injection has ended. */
const WRITE_DEADLINE_MS = 30_000;
/** After this many marker TTLs, plus the probe interval of the circuit breaker, reads use the cache again. */
const SETTLE_MARKER_TTLS = 2;
const BREAKER_PROBE_MS = 1500;

/**
 * Runs one variant of the service, from empty servers to the final comparison with the store.
 * @param progress in seconds of load
 * @throws with installation instructions if a server is not installed
 */
export async function runVariant(
  pair: Pair,
  variant: Variant,
  settings: TortureSettings,
  progress: Progress,
): Promise<VariantResult> {
  const { seed, seconds, markerTtlMs } = settings;
  const clock = new SystemClock();
  const cluster = await TestCluster.start(pair, variant, {
    MARKER_TTL_MS: String(markerTtlMs),
    STORE_TIMEOUT_MS: String(Math.floor(markerTtlMs / 2)),
    LEASE_TTL_MS: String(Math.floor(markerTtlMs / 2)),
    FRESHNESS_SAMPLE: String(settings.sample),
  });
  const statistics = new Statistics();
  const faults = new Map<string, number>();
  const stop = new AbortController();
  const giveUp = new AbortController();
  // Every waiting reader, writer and fault injector adds a listener.
  setMaxListeners(0, stop.signal);
  const workload = new Workload({
    send: cluster.send,
    statistics,
    seed,
    clock,
    stopSignal: stop.signal,
    giveUpSignal: giveUp.signal,
  });
  const setupTimer = setTimeout(() => giveUp.abort(), SETUP_DEADLINE_MS);
  const timers = [setupTimer];
  try {
    await workload.setUp(settings.memberships);
    clearTimeout(setupTimer);
    const loadStartedAt = clock.monotonic();
    const progressTimer = setInterval(
      () => progress(Math.round((clock.monotonic() - loadStartedAt) / 1000), seconds),
      PROGRESS_INTERVAL_MS,
    );
    timers.push(
      setTimeout(() => stop.abort(), seconds * 1000),
      setTimeout(() => giveUp.abort(), seconds * 1000 + WRITE_DEADLINE_MS),
      progressTimer,
    );
    stop.signal.addEventListener('abort', () => clearInterval(progressTimer));
    const context = {
      cluster,
      seed,
      clock,
      stopSignal: stop.signal,
      onFault: (name: string) => void faults.set(name, (faults.get(name) ?? 0) + 1),
    };
    const keys = workload.memberships.flatMap(({ names }) => recordKeysOf(names));
    await Promise.all([
      workload.run({ ...settings, endsAt: loadStartedAt + seconds * 1000 }),
      settings.faults ? injectFaults(context, keys) : undefined,
    ]);
    await clock.sleep(markerTtlMs * SETTLE_MARKER_TTLS + BREAKER_PROBE_MS);
    const { stale, evidence } = await findStale(cluster, workload.memberships, clock);
    statistics.recordStaleAtEnd(stale.length, evidence);
    await cluster.stopInstances();
    for (const { log } of cluster.instances) statistics.samplerMismatches += countMismatches(log);
    for (const description of await findLostWrites(cluster.settings, workload.memberships)) {
      statistics.recordLostWrite(description);
    }
    return { pair, variant, statistics, faults, loadStartedAt };
  } finally {
    for (const timer of timers) clearTimeout(timer);
    stop.abort();
    giveUp.abort();
    await cluster.close();
  }
}
