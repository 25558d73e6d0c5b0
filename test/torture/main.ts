import { cpus, loadavg } from 'node:os';
import { endProcesses } from '../support/rollcall-process.ts';
import { readCommandLine, type TortureRun } from './command-line.ts';
import { resultsTable } from './results-table.ts';
import { ServerMissing } from './rig/rig.ts';
import { isAsPromised, torture } from './torture.ts';

/** Exit codes: 0 = ours kept the promise and the other caching did not; 1 = otherwise; 2 = it could not be tried. */
const FAILED = 1;
const NOT_TRIED = 2;

const tell = (line: string): void => void process.stdout.write(`${line}\n`);

// Whatever was started ends with this process.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(FAILED));
const asked = readCommandLine(process.argv.slice(2), (text) => process.stderr.write(text));
process.exitCode = typeof asked === 'number' ? asked : await run(asked);
process.stdout.write('', () => process.exit());

async function run({ pairs, settings, limitSeconds }: TortureRun): Promise<number> {
  const limit = setTimeout(() => {
    tell(`not over after ${limitSeconds} s: ended`);
    process.exit(FAILED);
  }, limitSeconds * 1000);
  tell(settingsLine(settings));
  try {
    const outcomes = await torture(pairs, settings, tell);
    tell(`\n${resultsTable(outcomes)}\n\n${settingsLine(settings)}`);
    return isAsPromised(outcomes) ? 0 : FAILED;
  } catch (error) {
    if (!(error instanceof ServerMissing)) throw error;
    tell(error.message);
    return NOT_TRIED;
  } finally {
    clearTimeout(limit);
    await endProcesses();
  }
}

function settingsLine(settings: TortureRun['settings']): string {
  const { seconds, seed, memberships, readers, writers, faults, markerTtlMs, sample } = settings;
  const load = loadavg().map((average) => average.toFixed(1));
  return (
    `Each side: 3 instances, ${seconds} s, ${readers} readers and ${writers} writers at once on ${memberships} memberships, ` +
    `${faults ? 'faults' : 'no faults'}, markers of ${markerTtlMs} ms, FRESHNESS_SAMPLE=${sample}, seed ${seed}; ` +
    `${cpus().length} cores, load averages ${load.join(' ')}.`
  );
}
