import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { bundledMain } from '../../support/bundled-main.ts';

const LIMIT_MS = 60_000;

/** What the commands of a block did. */
export interface Outcome {
  readonly stdout: string;
  /** The arguments of each `curl`, which is recorded and not run. */
  readonly curls: readonly (readonly string[])[];
  /** The environment of `npm start`, which is recorded and not run. */
  readonly started: Readonly<Record<string, string>> | undefined;
  /** The variables that the block leaves exported. */
  readonly exported: Readonly<Record<string, string>>;
}

/**
 * Runs the text of a block with `sh`. `npm run -s rollcall -- …` runs the program from src, in `folder`.
 * @throws if a command fails
 */
export async function runBlock(
  text: string,
  folder: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Outcome> {
  const tools = join(folder, '.tools');
  rmSync(tools, { recursive: true, force: true });
  mkdirSync(tools);
  const files = { CURLS: join(tools, 'curls'), STARTED: join(tools, 'started'), LEFT: join(tools, 'left') };
  const save = `require("node:fs").writeFileSync(process.argv[1], JSON.stringify(process.env))`;
  const node = `exec '${process.execPath}'`;
  tool(tools, 'curl', `printf '%s\\0' "$#" "$@" >>'${files.CURLS}'`);
  tool(
    tools,
    'npm',
    `case "$*" in
  start) ${node} -e '${save}' '${files.STARTED}' ;;
  "run -s rollcall -- "*) shift 4; ${node} '${bundledMain()}' "$@" ;;
  *) echo "not known here: npm $*" >&2; exit 64 ;;
esac`,
  );
  const script = `${text}\n${node} -e '${save}' '${files.LEFT}'`;
  const { stdout } = await promisify(execFile)('sh', ['-euc', script], {
    cwd: folder,
    timeout: LIMIT_MS,
    env: {
      ...env,
      HOME: process.env['HOME'],
      PATH: `${tools}:${process.env['PATH']}`,
      NODE_NO_WARNINGS: '1',
    },
  });
  return {
    stdout,
    curls: existsSync(files.CURLS) ? recordedArguments(readFileSync(files.CURLS, 'utf8')) : [],
    started: existsSync(files.STARTED) ? environmentIn(files.STARTED) : undefined,
    exported: environmentIn(files.LEFT),
  };
}

function tool(folder: string, name: string, script: string): void {
  writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
}

/** Each command is recorded as the number of its arguments, then the arguments. */
function recordedArguments(text: string): readonly (readonly string[])[] {
  const parts = text.split('\0').slice(0, -1);
  const commands: string[][] = [];
  for (let i = 0; i < parts.length; i += Number(parts[i]) + 1) {
    commands.push(parts.slice(i + 1, i + 1 + Number(parts[i])));
  }
  return commands;
}

/** Without what the shell and this file added. */
function environmentIn(file: string): Readonly<Record<string, string>> {
  const { PATH, HOME, PWD, OLDPWD, SHLVL, _, NODE_NO_WARNINGS, ...rest } = JSON.parse(
    readFileSync(file, 'utf8'),
  );
  return rest;
}
