import type { Deadline } from './clock.ts';

/** One thing that was looked at, and how it stands. */
export interface Finding {
  /** A problem makes the service wrong or useless; a warning may be meant so. */
  readonly level: 'ok' | 'warning' | 'problem';
  readonly what: string;
  /** What to do about it. */
  readonly advice?: string;
}

/** An adapter that knows how what is behind it should be set up. */
export interface Diagnosable {
  /** Reaches what is behind and looks. Never throws: what fails is a finding. */
  diagnose(deadline: Deadline): Promise<readonly Finding[]>;
}
