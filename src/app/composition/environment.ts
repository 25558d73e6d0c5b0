import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';

/** Settings by variable name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The process's environment; a `.env` file in the working directory fills in what is not set. */
export function readEnvironment(): Environment {
  return { ...readDotEnv('.env'), ...process.env };
}

function readDotEnv(path: string): Environment {
  try {
    return parseEnv(readFileSync(path, 'utf8'));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return {};
    throw error;
  }
}
