import type { Finding } from '../../../../ports/diagnosis.ts';

/** One thing that a database must have, or should. */
export interface SchemaFinding {
  /** `made` = it was missing and has been made. */
  readonly state: 'right' | 'made' | 'missing' | 'wrong';
  /** For people. */
  readonly text: string;
  /** What to do about it. */
  readonly advice?: string;
}

/** The same for people. */
export function findingOf({ state, text, advice }: SchemaFinding): Finding {
  const isWell = state === 'right' || state === 'made';
  return {
    level: isWell ? 'ok' : 'problem',
    what: `postgresql: ${text}${state === 'made' ? ' (made just now)' : ''}`,
    ...(advice === undefined ? {} : { advice }),
  };
}
