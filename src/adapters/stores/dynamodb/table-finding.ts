import type { Finding } from '../../../ports/diagnosis.ts';

/** One thing that a table must have. */
export interface TableFinding {
  /** `made` = it was missing and has been made; `not_offered` = the endpoint does not know it, so it cannot be had. */
  readonly state: 'right' | 'made' | 'missing' | 'wrong' | 'not_offered';
  /** For people. */
  readonly text: string;
  /** The service does not work without it. */
  readonly vital?: true;
}

/** The same for people, with what to do about it. */
export function findingOf({ state, text, vital }: TableFinding): Finding {
  const what = `dynamodb: ${text}`;
  switch (state) {
    case 'right':
      return { level: 'ok', what };
    case 'made':
      return { level: 'ok', what: `${what} (made just now)` };
    case 'missing':
      return { level: vital ? 'problem' : 'warning', what, advice: 'run `rollcall provision`' };
    case 'wrong':
      return {
        level: vital ? 'problem' : 'warning',
        what,
        advice: 'change it by hand: Rollcall does not touch what others may use',
      };
    case 'not_offered':
      return { level: 'warning', what, advice: 'the service works without it; mind your own backups' };
  }
}
