/**
 * Model-checks the freshness protocol with Spin (spec/README.md). An exhaustive search of each model must find no violation,
 * and each disabled rule must violate the expected property; the counterexample is printed as text.
 * Run `npm run spec`, or `npm run spec -- TEXT` for checks with TEXT in their names.
 * Exit code 0: all results as expected; 1: unexpected results; 2: Spin or gcc is missing, or a signal was received.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assumptions, type Check, type Property, protocol, rules } from './checks.ts';

const CONCURRENCY = 2;
/** The limit of one run; two concurrent runs stay under 3 GB. */
const MEMORY_MB = 1400;
const DEADLINE_MS = 120_000;
const DEPTH = 100_000;

const DESCRIPTIONS: Record<Property, string> = {
  acknowledged_write_missed: 'a read that started after a write was acknowledged returns an older value',
  non_monotonic_read: 'a read returns an older value than a read that ended before it started',
  inconsistent_snapshot: 'a read returns records that never existed together',
  outdated_snapshot: 'a read returns records that no longer existed together when it started',
  stale_entry_left: 'the cache keeps a value that differs from the store',
};

interface Outcome {
  readonly ok: boolean;
  readonly verdict: string;
  readonly states: number;
  readonly megabytes: number;
  readonly seconds: number;
  /** The steps of the counterexample. */
  readonly trace: readonly string[];
}

interface Finished {
  readonly code: number | null;
  readonly output: string;
  readonly timedOut: boolean;
}

const running = new Set<ChildProcess>();
const folders = new Set<string>();

/** Kills a child and its descendants: each child leads its own process group. */
function kill({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has already exited.
  }
}

function remove(folder: string): void {
  // A process that was just killed may still be writing.
  rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
  folders.delete(folder);
}

process.once('exit', () => {
  for (const child of running) kill(child);
  for (const folder of folders) remove(folder);
});
// Not `once`: npm forwards signals, so a single Ctrl-C can arrive twice.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(2));

/** @param cwd also used for temporary files */
function run(cwd: string, command: string, args: readonly string[]): Promise<Finished> {
  return new Promise((resolve, reject) => {
    const env = { ...process.env, TMPDIR: cwd };
    const child = spawn(command, args, { cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    running.add(child);
    let output = '';
    let timedOut = false;
    const timer = setTimeout(() => {
      timedOut = true;
      kill(child);
    }, DEADLINE_MS);
    child.stdout.on('data', (data) => {
      output += data;
    });
    child.stderr.on('data', (data) => {
      output += data;
    });
    child.on('error', reject);
    child.on('exit', () => running.delete(child));
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve({ code, output, timedOut });
    });
  });
}

async function build(cwd: string, command: string, args: readonly string[]): Promise<void> {
  const { code, output, timedOut } = await run(cwd, command, args);
  const reason = timedOut ? `timed out after ${DEADLINE_MS / 1000} s` : 'failed';
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} ${reason}:\n${output}`);
}

async function verify(check: Check): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), 'rollcall-spec-'));
  folders.add(folder);
  try {
    await cp(import.meta.dirname, folder, { recursive: true, filter: (path) => !path.endsWith('.ts') });
    const file = `${check.model}.pml`;
    const only = check.violates === undefined ? [] : [`-DONLY=${check.violates}`];
    const macros = [...check.macros.map((macro) => `-D${macro}`), ...only];
    // Breadth-first search finds the shortest counterexample but needs more memory. Most are found in less time than the
    // compiler would need to optimize.
    const search = check.violates === undefined ? ['-O2'] : ['-O0', '-DBFS', '-DCOLLAPSE'];
    await build(folder, 'spin', ['-a', ...macros, file]);
    const options = ['-w', '-DSAFETY', `-DMEMLIM=${MEMORY_MB}`, ...search];
    await build(folder, 'gcc', [...options, '-o', 'pan', 'pan.c']);
    const pan = await run(folder, './pan', [`-m${DEPTH}`]);
    const replay = pan.output.includes('errors: 1')
      ? await run(folder, 'spin', ['-T', '-t', ...macros, file])
      : undefined;
    return judge(check, pan, replay?.output ?? '');
  } finally {
    remove(folder);
  }
}

function judge(check: Check, { output, timedOut }: Finished, replay: string): Outcome {
  const number = (pattern: RegExp) => Number(pattern.exec(output)?.[1] ?? Number.NaN);
  const lines = replay.split('\n').map((line) => line.trim());
  const measured = {
    states: number(/(\d\S*) states, stored/),
    megabytes: number(/(\S+)\ttotal actual memory usage/),
    seconds: number(/elapsed time (\S+) seconds/),
    trace: lines.filter((line) => line.startsWith('| ')).map((line) => line.slice(2)),
  };
  const violated = lines.find((line) => line.startsWith('VIOLATES '))?.slice('VIOLATES '.length) as
    | Property
    | undefined;
  const hasAssertion = output.includes('assertion violated') && violated !== undefined;
  const incomplete = /Search not completed|max search depth too small|reached -DMEMLIM|out of memory/.exec(
    output,
  )?.[0];

  if (timedOut) return { ...measured, ok: false, verdict: `not finished after ${DEADLINE_MS / 1000} s` };
  if (hasAssertion) {
    return { ...measured, ok: violated === check.violates, verdict: DESCRIPTIONS[violated] };
  }
  if (!output.includes('errors: 0')) {
    return { ...measured, ok: false, verdict: `the model has an error:\n${output}` };
  }
  if (incomplete !== undefined) {
    return { ...measured, ok: false, verdict: `the search was not exhaustive: ${incomplete}` };
  }
  return { ...measured, ok: check.violates === undefined, verdict: 'no violation' };
}

function report(check: Check, { ok, verdict, states, megabytes, seconds, trace }: Outcome): string {
  const size = `${states.toLocaleString('en')} states, ${Math.ceil(megabytes)} MB, ${seconds.toFixed(1)} s`;
  const head = `${ok ? 'as expected' : 'UNEXPECTED'} | ${check.name} | ${size}`;
  const macros = `    ${check.model}.pml: ${check.macros.join(' ')}`;
  const steps = trace.map((line, i) => `    ${String(i + 1).padStart(2)}. ${line}`);
  return [head, macros, ...steps, `    => ${verdict}`, ''].join('\n');
}

/** Runs `CONCURRENCY` checks at a time and prints the results in order. @returns the number of unexpected results */
async function runAll(checks: readonly Check[]): Promise<number> {
  const started: Promise<Outcome>[] = [];
  let unexpected = 0;
  let next = 0;
  const start = (): void => {
    const check = checks[next];
    next += 1;
    if (check === undefined) return;
    const outcome = verify(check);
    started.push(outcome);
    outcome.then(start, () => undefined);
  };
  for (let i = 0; i < CONCURRENCY; i += 1) start();
  for (const [i, check] of checks.entries()) {
    const outcome = await started[i];
    if (outcome === undefined) throw new Error(`The check "${check.name}" was not started.`);
    if (!outcome.ok) unexpected += 1;
    process.stdout.write(`${report(check, outcome)}\n`);
  }
  return unexpected;
}

for (const command of ['spin', 'gcc']) {
  if (spawnSync(command, ['--version']).error === undefined) continue;
  process.stderr.write(`${command} is not installed. Run: apt-get install -y spin gcc libc6-dev\n`);
  process.exit(2);
}

const filter = process.argv[2] ?? '';
let unexpected = 0;
let checked = 0;
for (const [title, all] of [
  ['The protocol: no violation expected', protocol],
  ['Disabled rules: a violation expected for each', rules],
  ['Broken assumptions: a violation expected for each', assumptions],
] as const) {
  const checks = all.filter(({ name }) => name.includes(filter));
  if (checks.length === 0) continue;
  process.stdout.write(`== ${title} ==\n\n`);
  unexpected += await runAll(checks);
  checked += checks.length;
}
const seconds = Math.round(performance.now() / 1000);
process.stdout.write(`${checked} checks, ${unexpected} unexpected results, ${seconds} s\n`);
process.exitCode = unexpected === 0 && checked > 0 ? 0 : 1;
