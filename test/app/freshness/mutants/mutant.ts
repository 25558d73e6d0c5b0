import type { Alteration } from '../schedules/simulated-instance.ts';
import type { Property } from '../schedules/violation.ts';

/** The protocol without one of its rules. */
export interface Mutant {
  /** As the table of docs/freshness.md calls it. */
  readonly rule: string;
  readonly without: Alteration;
  /** Which promises are then broken. */
  readonly breaks: readonly Property[];
}
