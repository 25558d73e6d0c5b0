import type { Mutation } from '../schedules/simulated-instance.ts';
import type { Property } from '../schedules/violation.ts';

/** The protocol with one rule disabled. */
export interface Mutant {
  /** As in the table of docs/freshness.md. */
  readonly rule: string;
  readonly mutation: Mutation;
  /** The properties that it can violate. */
  readonly violates: readonly Property[];
  /** Whether only hundreds of schedules detect it: left to `npm run test:long`. */
  readonly isElusive?: true;
}
