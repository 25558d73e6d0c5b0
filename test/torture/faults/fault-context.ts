import type { Clock } from '../../../src/ports/clock.ts';
import type { TestCluster } from '../cluster/test-cluster.ts';

/** What every fault injector works with. */
export interface FaultContext {
  readonly cluster: TestCluster;
  readonly seed: string;
  readonly clock: Clock;
  /** Aborted when fault injection must end. */
  readonly stopSignal: AbortSignal;
  /** Called for every injected fault. */
  readonly onFault: (name: string) => void;
}
