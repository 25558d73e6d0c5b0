import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { SHARED_CACHES } from './rig/cache-server.ts';
import type { Pair } from './rig/rig.ts';
import type { TortureSettings } from './settings.ts';

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
        "beside the same service with the tutorial's caching. Ends with 0 when ours gave none and the other did, " +
        '1 when not, 2 when it could not be tried.',
    )
    .option(
      '--pair <store,cache>',
      `of ${STORES.join(', ')} and ${CACHES.join(', ')}; may be repeated`,
      addPair,
    )
    .option('--seconds <number>', 'of load, on each side', atLeast(1), 60)
    .option('--seed <text>', 'repeats what is asked and broken, though not the moments at which it meets')
    .option('--memberships <number>', 'how many are read and written', atLeast(1), 20)
    .option('--readers <number>', 'how many ask at once', atLeast(1), 16)
    .option('--writers <number>', 'how many change something at once', atLeast(1), 12)
    .option('--no-faults', 'break nothing: only races are left')
    .option(
      '--marker-ttl-ms <number>',
      'MARKER_TTL_MS; what else expires or times out is set to half of it',
      atLeast(100),
      1000,
    )
    .option('--sample <fraction>', 'FRESHNESS_SAMPLE', atLeast(0), 0.1)
    .option('--limit <seconds>', 'after which it is ended, whatever it is doing', atLeast(1))
    .allowExcessArguments(false)
    .showHelpAfterError()
    .configureOutput({ writeOut: print, writeErr: print })
    .exitOverride();
  try {
    const options = command.parse([...argv], { from: 'user' }).opts<Options>();
    const { pair: pairs = PAIRS, limit, seed = String(Date.now()), ...numbers } = options;
    const needed = pairs.length * SIDES * (options.seconds + REST_SECONDS);
    return { pairs, settings: { seed, ...numbers }, limitSeconds: limit ?? needed };
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? 0 : 2;
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

function atLeast(least: number): (given: string) => number {
  return (given) => {
    const number = Number(given);
    if (!(number >= least)) throw new InvalidArgumentError(`Allowed: numbers from ${least}.`);
    return number;
  };
}
