import { type Exit, type Launch, RollcallProcess } from './rollcall-process.ts';

/** A command that has ended. */
export interface Ended {
  readonly exit: Exit;
  readonly stdout: string;
  /** What it wrote on standard error, without the warnings of Node itself. */
  readonly stderr: string;
  /** The whole lines of standard output. */
  readonly lines: readonly string[];
}

/** Runs `rollcall <args>` to its end. `endProcesses` must follow. */
export async function runRollcall(
  args: readonly string[],
  launch: Omit<Launch, 'args'> = {},
): Promise<Ended> {
  const env = { NODE_NO_WARNINGS: '1', ...launch.env };
  const command = new RollcallProcess({ ...launch, args, env });
  const exit = await command.exit();
  const { stdout, stderr, lines } = command;
  return { exit, stdout, stderr, lines };
}
