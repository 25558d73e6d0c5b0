import type { RecordKey } from '../../../src/domain/records.ts';
import { evictions } from './evictions.ts';
import type { FaultContext } from './fault-context.ts';
import { hangs } from './hangs.ts';
import { networkFaults } from './network-faults.ts';
import { processFaults } from './process-faults.ts';

/** Everything at once, until it is over; then all is as new. @param keys of what may be evicted */
export async function injectFaults(context: FaultContext, keys: readonly RecordKey[]): Promise<void> {
  await Promise.all([
    evictions(context, keys),
    processFaults(context),
    hangs(context),
    ...context.rig.links.map((link, i) => networkFaults(context, link, i)),
  ]);
}
