import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { reasonOf } from '../../../ports/errors.ts';
import { InvalidConfiguration } from './invalid-configuration.ts';

/** Settings by variable name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The environment of the process. A `.env` file in the working directory supplies variables that are not set or empty,
 * for the whole process: the AWS SDK reads its credentials there.
 * @throws {InvalidConfiguration} the file exists and cannot be read
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
    throw new InvalidConfiguration([`${path}: the file exists but cannot be read (${reasonOf(error)})`]);
  }
}
