import type { Clock } from '../../../src/ports/clock.ts';
import type { Rig } from '../rig/rig.ts';

/** What everything that breaks something works with. */
export interface FaultContext {
  readonly rig: Rig;
  readonly seed: string;
  readonly clock: Clock;
  /** Aborted when nothing must be broken any more. */
  readonly over: AbortSignal;
  /** Told what was broken. */
  readonly note: (fault: string) => void;
}
