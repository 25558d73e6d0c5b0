import { cpus, loadavg } from 'node:os';
import { endProcesses } from '../support/rollcall-process.ts';
import { EXIT_INCOMPLETE, EXIT_VIOLATIONS, readCommandLine, type TortureRun } from './command-line.ts';
import { resultsTable } from './results-table.ts';
import { torture } from './torture.ts';
import { useRunFolder } from './use-run-folder.ts';
import { findViolations, verdict } from './verdict.ts';

const print = (line: string): void => void process.stdout.write(`${line}\n`);

const parsed = readCommandLine(process.argv.slice(2), (text) => process.stderr.write(text));
if (typeof parsed === 'number') {
  process.exitCode = parsed;
} else {
  const removeFolder = useRunFolder();
  /** Child processes are killed on exit; the folder is removed after them. */
  const exit = (code: number): void => {
    process.once('exit', removeFolder);
    process.exit(code);
  };
  const abort = (reason: unknown): void => {
    print(`\nIncomplete: ${reason instanceof Error ? reason.message : reason}`);
    exit(EXIT_INCOMPLETE);
  };
  // Not `once`: npm forwards signals, so a single Ctrl-C can arrive twice.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => abort(`terminated by ${signal}.`));
  }
  process.on('uncaughtException', abort);
  setTimeout(
    () => abort(`not finished after ${parsed.limitSeconds} s (--limit).`),
    parsed.limitSeconds * 1000,
  );
  const code = await run(parsed).finally(endProcesses).catch(abort);
  if (code !== undefined) process.stdout.write('', () => exit(code));
}

/** @returns the exit code */
async function run({ pairs, settings }: TortureRun): Promise<number> {
  print(settingsLine(settings));
  const results = await torture(pairs, settings, print);
  const violations = findViolations(results, settings.sample);
  print(`\n${resultsTable(results)}\n\n${settingsLine(settings)}\n\n${verdict(violations, settings.sample)}`);
  return violations.length === 0 ? 0 : EXIT_VIOLATIONS;
}

function settingsLine(settings: TortureRun['settings']): string {
  const { seconds, seed, memberships, readers, writers, faults, markerTtlMs, sample } = settings;
  const load = loadavg().map((average) => average.toFixed(1));
  return (
    `Each variant: 3 instances, ${seconds} s, ${readers} concurrent readers and ${writers} concurrent writers on ` +
    `${memberships} memberships, ${faults ? 'faults' : 'no faults'}, marker TTL ${markerTtlMs} ms, ` +
    `FRESHNESS_SAMPLE=${sample}, seed ${seed}; ${cpus().length} cores, load averages ${load.join(' ')}.`
  );
}
