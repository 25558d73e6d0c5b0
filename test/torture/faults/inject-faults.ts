import type { RecordKey } from '../../../src/domain/records.ts';
import { evictValues } from './evict-values.ts';
import type { FaultContext } from './fault-context.ts';
import { hangInstances } from './hang-instances.ts';
import { injectNetworkFaults } from './inject-network-faults.ts';
import { injectProcessFaults } from './inject-process-faults.ts';

/** Injects all kinds of faults concurrently until `stopSignal`, then restores normal operation. @param keys may be evicted */
export async function injectFaults(context: FaultContext, keys: readonly RecordKey[]): Promise<void> {
  await Promise.all([
    evictValues(context, keys),
    injectProcessFaults(context),
    hangInstances(context),
    ...context.cluster.proxies.map((proxy, i) => injectNetworkFaults(context, proxy, i)),
  ]);
}
