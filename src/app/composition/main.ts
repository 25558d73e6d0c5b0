#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { runProgram } from '../../adapters/cli/program.ts';
import { CacheUnavailable, OutcomeUnknown, StoreUnavailable } from '../../ports/errors.ts';
import type { Progress } from '../../ports/maintenance.ts';
import { InvalidConfiguration, readConfig } from './config.ts';
import { readEnvironment } from './environment.ts';
import { adoptCache, migrate, provision, resetCache, sweep } from './maintenance-commands.ts';
import { newKey } from './new-key.ts';
import { runDoctor } from './run-doctor.ts';
import { serve } from './serve.ts';
import { stopSignal } from './stop-signal.ts';

/** Exit codes: 0 = clean, 1 = failed at run time, 2 = the configuration or the command line cannot be used. */
const FAILED = 1;
const CONFIGURATION = 2;

/** They say what happened; a stack would add nothing. */
const PORTS_ERRORS = [StoreUnavailable, OutcomeUnknown, CacheUnavailable];

process.exitCode = await run();
// Nothing that an adapter left behind may keep a finished process alive.
process.stdout.write('', () => process.exit());

async function run(): Promise<number> {
  try {
    const config = () => readConfig(readEnvironment());
    const actions = {
      serve: () => serve(config(), stopSignal(process), print),
      doctor: () => runDoctor(config()),
      provision: () => provision(config()),
      sweep: (progress: Progress) => sweep(config(), progress),
      newKey,
      adoptCache: () => adoptCache(config()),
      resetCache: () => resetCache(config()),
      migrate: (progress: Progress) => migrate(config(), progress),
    };
    return await runProgram(process.argv.slice(2), version(), actions, print);
  } catch (error) {
    process.stderr.write(`rollcall: ${error instanceof Error ? describe(error) : String(error)}\n`);
    return error instanceof InvalidConfiguration ? CONFIGURATION : FAILED;
  }
}

function describe(error: Error): string {
  if (error instanceof InvalidConfiguration) return error.message;
  if (PORTS_ERRORS.some((loaded) => error instanceof loaded)) return error.message;
  // What the operating system says (a port in use, no permission) needs no stack.
  return 'syscall' in error ? error.message : (error.stack ?? error.message);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

function version(): string {
  const manifest: { version: string } = JSON.parse(
    readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'),
  );
  return manifest.version;
}
