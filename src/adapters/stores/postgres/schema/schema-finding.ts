import type { Finding } from '../../../../ports/diagnosis.ts';

/** The state of one required part of the schema. */
export interface SchemaFinding {
  /** `created` = it was missing and has just been created. */
  readonly state: 'right' | 'created' | 'missing' | 'wrong';
  /** Human-readable. */
  readonly text: string;
  /** How to correct it. */
  readonly advice?: string;
}

/** Converts it to a finding of `rollcall doctor` or `rollcall provision`. */
export function findingOf({ state, text, advice }: SchemaFinding): Finding {
  const isWell = state === 'right' || state === 'created';
  return {
    level: isWell ? 'ok' : 'problem',
    what: `postgresql: ${text}${state === 'created' ? ' (created just now)' : ''}`,
    ...(advice === undefined ? {} : { advice }),
  };
}
