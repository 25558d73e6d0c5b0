import { Command, CommanderError } from 'commander';
import type { Finding } from '../../ports/diagnosis.ts';
import type { Progress } from '../../ports/maintenance.ts';
import type { Print } from './print.ts';
import { printFindings } from './print-findings.ts';
import { withProgressBar } from './progress-bar.ts';

/** What the commands do. */
export interface Actions {
  /** Settles with the exit code once the service has stopped. */
  serve(): Promise<number>;
  doctor(): Promise<readonly Finding[]>;
  provision(): Promise<readonly Finding[]>;
  /** Lines to print. */
  newKey(name: string, scopes: string): readonly string[];
  adoptCache(): Promise<readonly Finding[]>;
  resetCache(): Promise<readonly Finding[]>;
  migrate(progress: Progress): Promise<readonly Finding[]>;
  sweep(progress: Progress): Promise<readonly Finding[]>;
}

/** Exit codes besides 0 = clean: something was found or failed; a command line that cannot be understood. */
const FAILED = 1;
const USAGE_ERROR = 2;

/** Runs the command line `rollcall …` and settles with its exit code. */
export async function runProgram(
  argv: readonly string[],
  version: string,
  actions: Actions,
  print: Print,
): Promise<number> {
  let exitCode = 0;
  const program = new Command('rollcall')
    .description('Account service: users, organizations and memberships with roles, never stale.')
    .version(version)
    .showHelpAfterError('(rollcall --help lists the commands)')
    .exitOverride();
  const report = async (findings: Promise<readonly Finding[]>): Promise<void> => {
    exitCode = printFindings(await findings, print) ? 0 : FAILED;
  };
  program
    .command('serve', { isDefault: true })
    .description('start the service; all settings are environment variables (see README)')
    .action(async () => {
      exitCode = await actions.serve();
    });
  program
    .command('doctor')
    .description('check the settings, reach the store and the cache, and tell what is wrong and what to do')
    .action(() => report(actions.doctor()));
  program
    .command('provision')
    .description('create or check the table, schema or cache that the settings name, and say what was done')
    .action(() => report(actions.provision()));
  program
    .command('migrate')
    .description(
      'complete what the tutorial has written into the store; may be stopped and run again, also while the service runs',
    )
    .action(() => report(withProgressBar('migrating', (progress) => actions.migrate(progress))));
  program
    .command('sweep')
    .description(
      'remove what deletions left behind and what has expired; may be stopped, and run again, any time',
    )
    .action(() => report(withProgressBar('sweeping', (progress) => actions.sweep(progress))));
  const cache = program
    .command('cache')
    .description('say which cache belongs to the store; only while every instance is stopped');
  program
    .command('keys')
    .description('keys for services that call this one')
    .command('new')
    .description('print a new key, once, and its entry for API_KEYS')
    .allowExcessArguments(false)
    .requiredOption('--name <service>', 'what events will call it: lower-case letters, digits, ".", "_", "-"')
    .requiredOption('--scopes <scopes>', 'read, write, admin; several with commas')
    .action(({ name, scopes }: { name: string; scopes: string }) => {
      for (const line of actions.newKey(name, scopes)) print(line);
    });
  cache
    .command('adopt')
    .description('make the cache that is set here the one of all instances on the store')
    .action(() => report(actions.adoptCache()));
  cache
    .command('reset')
    .description('believe nothing that was cached so far, as after a backup was restored')
    .action(() => report(actions.resetCache()));
  for (const command of [...program.commands, ...cache.commands]) command.allowExcessArguments(false);
  const loaded = program.commands.map((command) => command.name());
  try {
    const [first] = argv;
    if (first !== undefined && !/^(-|help$)/.test(first) && !loaded.includes(first)) {
      program.error(`error: unknown command ${JSON.stringify(first)}; allowed: ${loaded.join(', ')}`);
    }
    await program.parseAsync([...argv], { from: 'user' });
    return exitCode;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? 0 : USAGE_ERROR;
  }
}
