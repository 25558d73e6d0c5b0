import { cpus, loadavg } from 'node:os';
import { endProcesses } from '../support/rollcall-process.ts';
import { NOT_AS_PROMISED, NOT_TRIED, readCommandLine, type TortureRun } from './command-line.ts';
import { resultsTable } from './results-table.ts';
import { useRunFolder } from './run-folder.ts';
import { torture } from './torture.ts';
import { notAsPromised, verdict } from './verdict.ts';

const tell = (line: string): void => void process.stdout.write(`${line}\n`);

const asked = readCommandLine(process.argv.slice(2), (text) => process.stderr.write(text));
if (typeof asked === 'number') {
  process.exitCode = asked;
} else {
  const removeFolder = useRunFolder();
  /** Whatever was started ends with this process; the folder goes when all of it has been killed. */
  const end = (code: number): void => {
    process.once('exit', removeFolder);
    process.exit(code);
  };
  const giveUp = (why: unknown): void => {
    tell(`\nNot tried to the end: ${why instanceof Error ? why.message : why}`);
    end(NOT_TRIED);
  };
  // Not only once: npm hands on signals, so that one Ctrl-C may come twice.
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.on(signal, () => giveUp(`ended by ${signal}.`));
  process.on('uncaughtException', giveUp);
  setTimeout(() => giveUp(`not over after ${asked.limitSeconds} s.`), asked.limitSeconds * 1000);
  const code = await run(asked).finally(endProcesses).catch(giveUp);
  if (code !== undefined) process.stdout.write('', () => end(code));
}

/** @returns the exit code */
async function run({ pairs, settings }: TortureRun): Promise<number> {
  tell(settingsLine(settings));
  const outcomes = await torture(pairs, settings, tell);
  const wrong = notAsPromised(outcomes, settings.sample);
  tell(`\n${resultsTable(outcomes)}\n\n${settingsLine(settings)}\n\n${verdict(wrong, settings.sample)}`);
  return wrong.length === 0 ? 0 : NOT_AS_PROMISED;
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
