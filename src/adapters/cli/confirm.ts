import { stdin, stdout } from 'node:process';
import { createInterface } from 'node:readline/promises';
import { CommanderError } from 'commander';

const USAGE_ERROR = 2;

/**
 * Asks the operator to confirm a statement that Rollcall cannot check.
 * @throws {CommanderError} it was not confirmed, or there is no terminal to ask on
 */
export async function confirm(statement: string): Promise<void> {
  if (!stdin.isTTY) throw notConfirmed(`confirm with --yes: ${statement}.`);
  const terminal = createInterface({ input: stdin, output: stdout });
  try {
    const answer = await terminal.question(`${statement}. Continue? [y/N] `);
    if (!/^y(es)?$/i.test(answer.trim())) throw notConfirmed('not confirmed; nothing was changed.');
  } finally {
    terminal.close();
  }
}

function notConfirmed(message: string): CommanderError {
  process.stderr.write(`error: ${message}\n`);
  return new CommanderError(USAGE_ERROR, 'rollcall.notConfirmed', message);
}
