#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { runProgram } from '../../adapters/cli/program.ts';
import { CacheUnavailable, OutcomeUnknown, reasonOf, StoreUnavailable } from '../../ports/errors.ts';
import type { Progress } from '../../ports/maintenance.ts';
import { backUp } from './commands/backup.ts';
import { downgradeCache, resetCache, upgradeCache } from './commands/cache-commands.ts';
import { CannotListen } from './commands/listen.ts';
import { migrate } from './commands/migrate.ts';
import { newKey } from './commands/new-key.ts';
import { provision } from './commands/provision.ts';
import { runDoctor } from './commands/run-doctor.ts';
import { serve } from './commands/serve.ts';
import { stopSignal } from './commands/stop-signal.ts';
import { sweep } from './commands/sweep.ts';
import { readEnvironment } from './config/environment.ts';
import { InvalidConfiguration } from './config/invalid-configuration.ts';
import { readConfig } from './config/read-config.ts';

/** Exit codes: 0 = clean, 1 = failed at run time, 2 = the configuration or the command line is not valid. */
const FAILED = 1;
const CONFIGURATION = 2;

/** Errors whose message is complete without a stack trace. */
const EXPLAINED = [InvalidConfiguration, CannotListen, StoreUnavailable, OutcomeUnknown, CacheUnavailable];

process.exitCode = await run();
// Handles that an adapter has left open must not keep a finished process alive.
process.stdout.write('', () => process.exit());

async function run(): Promise<number> {
  try {
    const config = () => readConfig(readEnvironment());
    const actions = {
      serve: () => serve(config(), stopSignal(process), print),
      doctor: () => runDoctor(config()),
      provision: () => provision(config()),
      sweep: (progress: Progress) => sweep(config(), progress),
      backUp: (file: string, progress: Progress) => backUp(config(), file, progress),
      newKey,
      resetCache: () => resetCache(config()),
      upgradeCache: () => upgradeCache(config()),
      downgradeCache: () => downgradeCache(config()),
      migrate: (progress: Progress) => migrate(config(), progress),
    };
    return await runProgram(process.argv.slice(2), version(), actions, print);
  } catch (error) {
    process.stderr.write(`rollcall: ${describe(error)}\n`);
    return error instanceof InvalidConfiguration ? CONFIGURATION : FAILED;
  }
}

function describe(error: unknown): string {
  if (!(error instanceof Error) || EXPLAINED.some((type) => error instanceof type)) return reasonOf(error);
  // An error of the operating system, such as a missing permission, needs no stack trace.
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
