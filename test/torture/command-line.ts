import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { fraction, integer } from '../../src/app/composition/config/variable-types.ts';
import { SHARED_CACHES } from './rig/cache-server.ts';
import type { Pair } from './rig/rig.ts';
import type { TortureSettings } from './settings.ts';

/** Exit codes, beside 0 for a promise that was kept. */
export const NOT_AS_PROMISED = 1;
export const NOT_TRIED = 2;

export interface TortureRun {
  readonly pairs: readonly Pair[];
  readonly settings: TortureSettings;
  /** After so many seconds it is ended, whatever it is doing. */
  readonly limitSeconds: number;
}

const STORES = ['sqlite', 'postgres', 'dynamodb'];
const CACHES = Object.keys(SHARED_CACHES);
const PAIRS: readonly Pair[] = [
  { store: 'sqlite', cache: 'redis' },
  { store: 'postgres', cache: 'redis' },
  { store: 'sqlite', cache: 'momento' },
];
/** Beside the load of a side: starting, settling, the last looks. */
const REST_SECONDS = 90;
const SIDES = 2;
const LONGEST_SECONDS = 86_400;
/** Of what Node's timers can wait for. */
const LONGEST_LIMIT_SECONDS = 2_000_000;
/** Fewer looks than that meet nothing in a run. */
const LEAST_SAMPLE = 0.001;

interface Options extends Omit<TortureSettings, 'seed'> {
  readonly pair?: readonly Pair[];
  readonly seed?: string;
  readonly limit?: number;
}

/**
 * Reads the arguments of `npm run torture`.
 * @returns the exit code where an argument is wrong or help was asked for, which was printed
 */
export function readCommandLine(argv: readonly string[], print: (text: string) => void): TortureRun | number {
  const command = new Command('torture')
    .description(
      'Three instances of the service on one store and one cache, under load and faults: counts stale answers, ' +
        "beside the same service with the tutorial's caching. The last line is the verdict, with its reasons.\n\n" +
        'Exit codes: 0 as promised: nothing was wrong with ours, and the other was caught on every pair, with stale answers ' +
        'and by its online check (FRESHNESS_SAMPLE; not judged with --sample 0). 1 not as promised: something was wrong ' +
        'with ours, or the other was not caught, as may be in a short run. 2 not tried, or not to the end: wrong ' +
        'arguments, a server is missing, an error, --limit, a signal.',
    )
    .option(
      '--pair <store,cache>',
      `of ${STORES.join(', ')} and ${CACHES.join(', ')}; may be repeated`,
      addPair,
    )
    .option(
      '--seconds <number>',
      `of load, on each side, up to ${LONGEST_SECONDS}`,
      whole(1, LONGEST_SECONDS),
      60,
    )
    .option('--seed <text>', 'repeats what is asked and broken, though not the moments at which it meets')
    .option('--memberships <number>', 'how many are read and written, up to 1000', whole(1, 1000), 20)
    .option('--readers <number>', 'how many ask at once, up to 1000', whole(1, 1000), 16)
    .option('--writers <number>', 'how many change something at once, up to 1000', whole(1, 1000), 12)
    .option('--no-faults', 'break nothing: only races are left')
    .option(
      '--marker-ttl-ms <number>',
      'MARKER_TTL_MS; what else expires or times out is set to half of it',
      whole(100, 600_000),
      1000,
    )
    .option(
      '--sample <fraction>',
      `FRESHNESS_SAMPLE: of the looks, those compared with the store; 0 (off), or ${LEAST_SAMPLE} to 1`,
      sample,
      0.1,
    )
    .option(
      '--limit <seconds>',
      'after which it is ended, whatever it is doing',
      whole(1, LONGEST_LIMIT_SECONDS),
    )
    .allowExcessArguments(false)
    .showHelpAfterError()
    .configureOutput({ writeOut: print, writeErr: print })
    .exitOverride();
  try {
    const options = command.parse([...argv], { from: 'user' }).opts<Options>();
    const { pair: pairs = PAIRS, limit, seed = String(Date.now()), ...numbers } = options;
    const needed = pairs.length * SIDES * (options.seconds + REST_SECONDS);
    return {
      pairs,
      settings: { seed, ...numbers },
      limitSeconds: limit ?? Math.min(needed, LONGEST_LIMIT_SECONDS),
    };
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? 0 : NOT_TRIED;
  }
}

function addPair(given: string, before: readonly Pair[] | undefined): readonly Pair[] {
  const [store = '', cache = '', ...rest] = given.split(',');
  if (!STORES.includes(store) || !CACHES.includes(cache) || rest.length > 0) {
    throw new InvalidArgumentError(
      `Allowed: ${STORES.join(', ')} and ${CACHES.join(', ')}, with a comma between.`,
    );
  }
  return [...(before ?? []), { store, cache }];
}

function whole(least: number, most: number): (given: string) => number {
  const allowed = integer(least, most);
  return (given) => {
    const { data } = allowed.safeParse(given);
    if (data === undefined)
      throw new InvalidArgumentError(`Allowed: a whole number from ${least} to ${most}.`);
    return data;
  };
}

function sample(given: string): number {
  const { data } = fraction().safeParse(given);
  if (data === undefined || (data > 0 && data < LEAST_SAMPLE)) {
    throw new InvalidArgumentError(`Allowed: 0 (off), or a number from ${LEAST_SAMPLE} to 1.`);
  }
  return data;
}
