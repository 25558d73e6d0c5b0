/**
 * Model-checks the freshness protocol with Spin (spec/README.md): every model must be clean after an exhaustive search,
 * and every rule that is taken away must fail as it should, told in words.
 * `npm run spec`, or `npm run spec -- TEXT` for what has TEXT in its name. Exit 0 all as it should be, 1 not, 2 no Spin or
 * gcc, or ended by a signal.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assumptions, type Check, type Property, protocol, rules } from './checks.ts';

const AT_A_TIME = 2;
/** Of one run; two at a time stay under 3 GB. */
const MEMORY_MB = 1400;
const DEADLINE_MS = 120_000;
const DEPTH = 100_000;

const WORDS: Record<Property, string> = {
  acknowledged_write_missed:
    'a read that began after a write had been acknowledged answers with something older',
  order_of_reads: 'a read answers with something older than one that ended before it began',
  never_true_together: 'records that were never true together are answered together',
  over_when_read_began: 'records are answered together that were no longer true together when the read began',
  stuck: 'what is left in the cache is not what the store holds',
};

interface Outcome {
  readonly ok: boolean;
  readonly verdict: string;
  readonly states: number;
  readonly megabytes: number;
  readonly seconds: number;
  readonly story: readonly string[];
}

interface Finished {
  readonly code: number | null;
  readonly output: string;
  readonly late: boolean;
}

const running = new Set<ChildProcess>();
const folders = new Set<string>();

/** With what it has started in turn: each leads a group of its own. */
function kill({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has just ended.
  }
}

function remove(folder: string): void {
  // Whoever was killed a moment ago may still be writing.
  rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
  folders.delete(folder);
}

process.once('exit', () => {
  for (const child of running) kill(child);
  for (const folder of folders) remove(folder);
});
// Not only once: npm hands on signals, so that one Ctrl-C may come twice.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(2));

/** @param cwd takes its temporary files too */
function run(cwd: string, command: string, args: readonly string[]): Promise<Finished> {
  return new Promise((resolve, reject) => {
    const env = { ...process.env, TMPDIR: cwd };
    const child = spawn(command, args, { cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    running.add(child);
    let output = '';
    let late = false;
    const timer = setTimeout(() => {
      late = true;
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
      resolve({ code, output, late });
    });
  });
}

async function build(cwd: string, command: string, args: readonly string[]): Promise<void> {
  const { code, output, late } = await run(cwd, command, args);
  const how = late ? 'took too long' : 'failed';
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} ${how}:\n${output}`);
}

async function verify(check: Check): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), 'rollcall-spec-'));
  folders.add(folder);
  try {
    await cp(import.meta.dirname, folder, { recursive: true, filter: (path) => !path.endsWith('.ts') });
    const file = `${check.model}.pml`;
    const only = check.breaks === undefined ? [] : [`-DONLY=${check.breaks}`];
    const macros = [...check.macros.map((macro) => `-D${macro}`), ...only];
    // Breadth first finds the shortest counterexample, in more memory; most are found before the compiler could optimize.
    const search = check.breaks === undefined ? ['-O2'] : ['-O0', '-DBFS', '-DCOLLAPSE'];
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

function judge(check: Check, { output, late }: Finished, replay: string): Outcome {
  const number = (pattern: RegExp) => Number(pattern.exec(output)?.[1] ?? Number.NaN);
  const lines = replay.split('\n').map((line) => line.trim());
  const measured = {
    states: number(/(\d\S*) states, stored/),
    megabytes: number(/(\S+)\ttotal actual memory usage/),
    seconds: number(/elapsed time (\S+) seconds/),
    story: lines.filter((line) => line.startsWith('| ')).map((line) => line.slice(2)),
  };
  const violated = lines.find((line) => line.startsWith('VIOLATES '))?.slice('VIOLATES '.length) as
    | Property
    | undefined;
  const asserted = output.includes('assertion violated') && violated !== undefined;
  const cut = /Search not completed|max search depth too small|reached -DMEMLIM|out of memory/.exec(
    output,
  )?.[0];

  if (late) return { ...measured, ok: false, verdict: `not finished after ${DEADLINE_MS / 1000} s` };
  if (asserted) return { ...measured, ok: violated === check.breaks, verdict: WORDS[violated] };
  if (!output.includes('errors: 0'))
    return { ...measured, ok: false, verdict: `an error of the model:\n${output}` };
  if (cut !== undefined) return { ...measured, ok: false, verdict: `not searched exhaustively: ${cut}` };
  return { ...measured, ok: check.breaks === undefined, verdict: 'nothing found' };
}

function report(check: Check, { ok, verdict, states, megabytes, seconds, story }: Outcome): string {
  const size = `${states.toLocaleString('en')} states, ${Math.ceil(megabytes)} MB, ${seconds.toFixed(1)} s`;
  const head = `${ok ? 'as it should be' : 'WRONG'} | ${check.name} | ${size}`;
  const sizes = `    ${check.model}.pml: ${check.macros.join(' ')}`;
  const told = story.map((line, i) => `    ${String(i + 1).padStart(2)}. ${line}`);
  return [head, sizes, ...told, `    => ${verdict}`, ''].join('\n');
}

/** Runs two at a time and prints in order. */
async function runAll(checks: readonly Check[]): Promise<number> {
  const started: Promise<Outcome>[] = [];
  let wrong = 0;
  let next = 0;
  const start = (): void => {
    const check = checks[next];
    next += 1;
    if (check === undefined) return;
    const outcome = verify(check);
    started.push(outcome);
    outcome.then(start, () => undefined);
  };
  for (let i = 0; i < AT_A_TIME; i += 1) start();
  for (const [i, check] of checks.entries()) {
    const outcome = await started[i];
    if (outcome === undefined) throw new Error(`${check.name} was not started`);
    if (!outcome.ok) wrong += 1;
    process.stdout.write(`${report(check, outcome)}\n`);
  }
  return wrong;
}

for (const command of ['spin', 'gcc']) {
  if (spawnSync(command, ['--version']).error === undefined) continue;
  process.stderr.write(`spec needs ${command}: apt-get install -y spin gcc libc6-dev\n`);
  process.exit(2);
}

const wanted = process.argv[2] ?? '';
let wrong = 0;
let checked = 0;
for (const [title, all] of [
  ['The protocol: nothing may be found', protocol],
  ['Rules taken away: each must fail', rules],
  ['Assumptions taken away: each must fail', assumptions],
] as const) {
  const checks = all.filter(({ name }) => name.includes(wanted));
  if (checks.length === 0) continue;
  process.stdout.write(`== ${title} ==\n\n`);
  wrong += await runAll(checks);
  checked += checks.length;
}
const seconds = Math.round(performance.now() / 1000);
process.stdout.write(`${checked} checked, ${wrong} not as they should be, ${seconds} s\n`);
process.exitCode = wrong === 0 && checked > 0 ? 0 : 1;
