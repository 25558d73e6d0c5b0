import type { Finding } from '../../../ports/diagnosis.ts';

/** The state of one required setting of the table. */
export interface TableFinding {
  /** `unsupported` = the endpoint does not implement this feature. */
  readonly state: 'ok' | 'created' | 'missing' | 'mismatch' | 'unsupported';
  readonly text: string;
  /** The service does not work without it. */
  readonly required?: true;
}

export function findingOf({ state, text, required }: TableFinding): Finding {
  const what = `dynamodb: ${text}`;
  switch (state) {
    case 'ok':
      return { level: 'ok', what };
    case 'created':
      return { level: 'ok', what: `${what} (created)` };
    case 'missing':
      return { level: required ? 'problem' : 'warning', what, advice: 'run `rollcall provision`' };
    case 'mismatch':
      return {
        level: required ? 'problem' : 'warning',
        what,
        advice: 'change it manually: Rollcall does not change existing settings that other programs may use',
      };
    case 'unsupported':
      return { level: 'warning', what, advice: 'Rollcall works without it; make your own backups' };
  }
}
