import { type Exit, type Launch, RollcallProcess } from './rollcall-process.ts';

/** The result of a command that has ended. */
export interface CommandResult {
  readonly exit: Exit;
  readonly stdout: string;
  /** Standard error without Node's own warnings. */
  readonly stderr: string;
  /** The lines of standard output. */
  readonly lines: readonly string[];
}

/** Runs `rollcall <args>` until it exits. Requires `endProcesses` in an `after` hook. */
export async function runRollcall(
  args: readonly string[],
  launch: Omit<Launch, 'args'> = {},
): Promise<CommandResult> {
  const env = { NODE_NO_WARNINGS: '1', ...launch.env };
  const command = new RollcallProcess({ ...launch, args, env });
  const exit = await command.exit();
  const { stdout, stderr, lines } = command;
  return { exit, stdout, stderr, lines };
}
