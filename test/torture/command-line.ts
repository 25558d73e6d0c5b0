import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { fraction, integer } from '../../src/app/composition/config/variable-types.ts';
import { SHARED_CACHES } from './cluster/cache-server.ts';
import type { Pair } from './cluster/test-cluster.ts';
import type { TortureSettings } from './settings.ts';

/** Exit code 0: no violations. */
export const EXIT_VIOLATIONS = 1;
export const EXIT_INCOMPLETE = 2;

export interface TortureRun {
  readonly pairs: readonly Pair[];
  readonly settings: TortureSettings;
  /** The run is aborted after this time. */
  readonly limitSeconds: number;
}

const STORES = ['sqlite', 'postgres', 'dynamodb'];
const CACHES = Object.keys(SHARED_CACHES);
const DEFAULT_PAIRS: readonly Pair[] = [
  { store: 'sqlite', cache: 'redis' },
  { store: 'postgres', cache: 'redis' },
  { store: 'sqlite', cache: 'momento' },
];
/** The time for startup, settling and final reads, in addition to the load. */
const OVERHEAD_SECONDS = 90;
const VARIANT_COUNT = 2;
const MAX_SECONDS = 86_400;
/** Node's timers cannot wait longer than about 2,147,483 s. */
const MAX_LIMIT_SECONDS = 2_000_000;
/** A smaller sample is unlikely to find anything in one run. */
const MIN_SAMPLE = 0.001;

interface Options extends Omit<TortureSettings, 'seed'> {
  readonly pair?: readonly Pair[];
  readonly seed?: string;
  readonly limit?: number;
}

/**
 * Parses the arguments of `npm run torture`.
 * @returns the exit code if an argument is invalid or help was requested; the message has been printed
 */
export function readCommandLine(argv: readonly string[], print: (text: string) => void): TortureRun | number {
  const command = new Command('torture')
    .description(
      'Runs three instances of the service on one store and one cache, under load and with injected faults, and counts ' +
        'stale reads. For comparison, runs the same service with cache-aside. The last line is the verdict.\n\n' +
        'Exit code 0: no violations. Rollcall was never wrong, and cache-aside was detected on every pair, both by stale ' +
        'reads and by the consistency sampler (not required with --sample 0).\n' +
        'Exit code 1: violations. Rollcall was wrong, or cache-aside was not detected, which can happen in a short run.\n' +
        'Exit code 2: not completed. An argument is invalid, a server is missing, an error occurred, --limit was reached ' +
        'or a signal was received.',
    )
    .option(
      '--pair <store,cache>',
      `one of ${STORES.join(', ')} and one of ${CACHES.join(', ')}; may be repeated`,
      parsePair,
    )
    .option(
      '--seconds <number>',
      `duration of the load for each variant, up to ${MAX_SECONDS}`,
      parseInteger(1, MAX_SECONDS),
      60,
    )
    .option('--seed <text>', 'reproduces requests and faults, but not their timing')
    .option(
      '--memberships <number>',
      'number of memberships that are read and written, up to 1000',
      parseInteger(1, 1000),
      20,
    )
    .option('--readers <number>', 'number of concurrent readers, up to 1000', parseInteger(1, 1000), 16)
    .option('--writers <number>', 'number of concurrent writers, up to 1000', parseInteger(1, 1000), 12)
    .option('--no-faults', 'inject no faults; only race conditions can cause stale reads')
    .option(
      '--marker-ttl-ms <number>',
      'MARKER_TTL_MS; STORE_TIMEOUT_MS and LEASE_TTL_MS are set to half of it',
      parseInteger(100, 600_000),
      1000,
    )
    .option(
      '--sample <fraction>',
      `FRESHNESS_SAMPLE: fraction of the cache lookups that are verified against the store; 0 (off), or ${MIN_SAMPLE} to 1`,
      parseSample,
      0.1,
    )
    .option(
      '--limit <seconds>',
      'abort the run after this time (default: enough for all variants)',
      parseInteger(1, MAX_LIMIT_SECONDS),
    )
    .allowExcessArguments(false)
    .showHelpAfterError()
    .configureOutput({ writeOut: print, writeErr: print })
    .exitOverride();
  try {
    const options = command.parse([...argv], { from: 'user' }).opts<Options>();
    const { pair: pairs = DEFAULT_PAIRS, limit, seed = String(Date.now()), ...others } = options;
    const neededSeconds = pairs.length * VARIANT_COUNT * (options.seconds + OVERHEAD_SECONDS);
    return {
      pairs,
      settings: { seed, ...others },
      limitSeconds: limit ?? Math.min(neededSeconds, MAX_LIMIT_SECONDS),
    };
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? 0 : EXIT_INCOMPLETE;
  }
}

function parsePair(given: string, previous: readonly Pair[] | undefined): readonly Pair[] {
  const [store = '', cache = '', ...rest] = given.split(',');
  if (!STORES.includes(store) || !CACHES.includes(cache) || rest.length > 0) {
    throw new InvalidArgumentError(
      `Expected <store>,<cache> with a store (${STORES.join(', ')}) and a cache (${CACHES.join(', ')}).`,
    );
  }
  return [...(previous ?? []), { store, cache }];
}

function parseInteger(min: number, max: number): (given: string) => number {
  const expected = integer(min, max);
  return (given) => {
    const { data } = expected.safeParse(given);
    if (data === undefined) {
      throw new InvalidArgumentError(`Expected an integer from ${min} to ${max}.`);
    }
    return data;
  };
}

function parseSample(given: string): number {
  const { data } = fraction().safeParse(given);
  if (data === undefined || (data > 0 && data < MIN_SAMPLE)) {
    throw new InvalidArgumentError(`Expected 0 (off) or a number from ${MIN_SAMPLE} to 1.`);
  }
  return data;
}
