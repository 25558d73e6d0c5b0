import { Command, CommanderError } from 'commander';

/** What the commands do; each settles with the exit code. */
export interface Actions {
  serve(): Promise<number>;
}

/** Exit code for a command line that cannot be understood, as for a wrong configuration. */
const USAGE_ERROR = 2;

/** Runs the command line `rollcall …` and settles with its exit code. */
export async function runProgram(
  argv: readonly string[],
  version: string,
  actions: Actions,
): Promise<number> {
  let exitCode = 0;
  const program = new Command('rollcall')
    .description('Account service: users, organizations and memberships with roles, never stale.')
    .version(version)
    .showHelpAfterError('(rollcall --help lists the commands)')
    .exitOverride();
  program
    .command('serve', { isDefault: true })
    .description('start the service; all settings are environment variables (see README)')
    .allowExcessArguments(false)
    .action(async () => {
      exitCode = await actions.serve();
    });
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return exitCode;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? 0 : USAGE_ERROR;
  }
}
