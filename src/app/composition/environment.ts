import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';

/** Settings by variable name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The process's environment; a `.env` file in the working directory fills in what is not set, or empty. */
export function readEnvironment(): Environment {
  const set = Object.entries(process.env).filter(([, value]) => value !== '');
  return { ...readDotEnv('.env'), ...Object.fromEntries(set) };
}

function readDotEnv(path: string): Environment {
  try {
    return parseEnv(readFileSync(path, 'utf8'));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return {};
    throw new Error(`The file ${path} cannot be read.`, { cause: error });
  }
}
