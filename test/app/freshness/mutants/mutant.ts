import type { Overrides } from '../schedules/simulated-instance.ts';
import type { Property } from '../schedules/violation.ts';

/** The protocol with one rule disabled. */
export interface Mutant {
  /** As in the table of docs/freshness.md. */
  readonly rule: string;
  readonly overrides: Overrides;
  /** The properties that it can violate. */
  readonly violates: readonly Property[];
  /** `true` = it takes hundreds of schedules to detect it, so it is tested by `npm run test:long`. */
  readonly needsManySchedules?: true;
}
