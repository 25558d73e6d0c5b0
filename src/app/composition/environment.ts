import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';

/** Settings by variable name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The process's environment; a `.env` file in the working directory fills in what is not set, or empty. It does so for
 * the whole process, because the AWS SDK looks for its credentials there.
 */
export function readEnvironment(): Environment {
  for (const [name, value] of Object.entries(readDotEnv('.env'))) process.env[name] ||= value;
  return { ...process.env };
}

function readDotEnv(path: string): NodeJS.Dict<string> {
  try {
    return parseEnv(readFileSync(path, 'utf8'));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return {};
    throw new Error(`The file ${path} cannot be read.`, { cause: error });
  }
}
