import type { Deadline } from './clock.ts';

/** The result of one check, or of one step of a maintenance command. */
export interface Finding {
  /** A problem makes the service wrong or unusable; a warning may be intended. */
  readonly level: 'ok' | 'warning' | 'problem';
  readonly what: string;
  /** What to do about it. */
  readonly advice?: string;
}

/** An adapter that can check how its server is set up. */
export interface Diagnosable {
  /** Connects to the server and checks it, without changing anything. Never throws: a failure is a finding. */
  diagnose(deadline: Deadline): Promise<readonly Finding[]>;
}
