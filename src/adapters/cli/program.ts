import { Command, CommanderError } from 'commander';
import type { Finding } from '../../ports/diagnosis.ts';
import type { Progress } from '../../ports/maintenance.ts';
import { confirm } from './confirm.ts';
import type { Print } from './print.ts';
import { printFindings } from './print-findings.ts';
import { withProgressBar } from './progress-bar.ts';

/** What each command runs. */
export interface Actions {
  /** Resolves to the exit code once the service has stopped. */
  serve(): Promise<number>;
  doctor(): Promise<readonly Finding[]>;
  provision(): Promise<readonly Finding[]>;
  /** @returns the lines to print */
  newKey(name: string, scopes: string): readonly string[];
  resetCache(): Promise<readonly Finding[]>;
  upgradeCache(): Promise<readonly Finding[]>;
  downgradeCache(): Promise<readonly Finding[]>;
  migrate(progress: Progress): Promise<readonly Finding[]>;
  sweep(progress: Progress): Promise<readonly Finding[]>;
  backUp(file: string, progress: Progress): Promise<readonly Finding[]>;
}

/** Exit codes besides 0 = clean: a problem was found; the command line is not valid. */
const FAILED = 1;
const USAGE_ERROR = 2;

/** Runs the command line `rollcall …`. @returns the exit code */
export async function runProgram(
  argv: readonly string[],
  version: string,
  actions: Actions,
  print: Print,
): Promise<number> {
  let exitCode = 0;
  const program = new Command('rollcall')
    .description('Users, organizations and roles as a service, answered from a cache that is never stale.')
    .version(version)
    .showHelpAfterError('(rollcall --help lists the commands)')
    .exitOverride();
  const report = async (findings: Promise<readonly Finding[]>): Promise<void> => {
    exitCode = printFindings(await findings, print) ? 0 : FAILED;
  };
  program
    .command('serve', { isDefault: true })
    .description(
      'start the service; settings are environment variables, an empty one counts as not set (see README)',
    )
    .action(async () => {
      exitCode = await actions.serve();
    });
  program
    .command('doctor')
    .description(
      'check the settings, connect to the store and the cache, and report problems with their solutions',
    )
    .action(() => report(actions.doctor()));
  program
    .command('provision')
    .description(
      'create the table, schema or cache that the settings name, or check the existing one; idempotent',
    )
    .action(() => report(actions.provision()));
  program
    .command('migrate')
    .description(
      'complete a DynamoDB table that the serverless Momento tutorial filled; can be interrupted, repeated, and run beside the service',
    )
    .action(() => report(withProgressBar('migrating', (progress) => actions.migrate(progress))));
  program
    .command('sweep')
    .description(
      'remove orphaned and expired records; can be interrupted, repeated, and run beside the service',
    )
    .action(() => report(withProgressBar('sweeping', (progress) => actions.sweep(progress))));
  program
    .command('backup')
    .argument('<file>', 'a file that does not exist yet')
    .description('copy a SQLite store to a file, complete and checked; can run beside the service')
    .action((file: string) =>
      report(withProgressBar('copying (MB)', (progress) => actions.backUp(file, progress))),
    );
  program
    .command('keys')
    .description('manage the API keys of services')
    .command('new')
    .description('generate an API key and its entry for API_KEYS; the key is printed only once')
    .allowExcessArguments(false)
    .requiredOption(
      '--name <service>',
      'name of the service in events: lower-case letters, digits, ".", "_", "-"',
    )
    .requiredOption('--scopes <scopes>', 'comma-separated: read, write, admin')
    .action(({ name, scopes }: { name: string; scopes: string }) => {
      for (const line of actions.newKey(name, scopes)) print(line);
    });
  const cache = program
    .command('cache')
    .description('change which cached entries the instances of the store believe');
  cache
    .command('reset')
    .description(
      'invalidate everything cached so far, for example after restoring a backup; can run beside the service',
    )
    .action(() => report(actions.resetCache()));
  cache
    .command('upgrade')
    .description('begin epochs on a store that a version of Rollcall without them has used')
    .option('--yes', 'no instance of such a version is running')
    .action(async ({ yes }: { yes?: true }) => {
      if (yes !== true) await confirm('No instance of a version of Rollcall without epochs is running');
      await report(actions.upgradeCache());
    });
  cache
    .command('downgrade')
    .description('go back to a version of Rollcall without epochs')
    .option('--yes', 'no instance of any version is running')
    .action(async ({ yes }: { yes?: true }) => {
      if (yes !== true) await confirm('No instance of any version of Rollcall is running');
      await report(actions.downgradeCache());
    });
  for (const command of [...program.commands, ...cache.commands]) command.allowExcessArguments(false);
  const names = program.commands.map((command) => command.name());
  try {
    const [first] = argv;
    if (first !== undefined && !/^(-|help$)/.test(first) && !names.includes(first)) {
      program.error(`error: unknown command ${JSON.stringify(first)}; expected: one of ${names.join(', ')}`);
    }
    await program.parseAsync([...argv], { from: 'user' });
    return exitCode;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? 0 : USAGE_ERROR;
  }
}
