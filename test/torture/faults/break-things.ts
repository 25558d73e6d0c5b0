import type { RecordKey } from '../../../src/domain/records.ts';
import { disasters } from './disasters.ts';
import { evictions } from './evictions.ts';
import { hangs } from './hangs.ts';
import type { Trouble } from './trouble.ts';
import { weather } from './weather.ts';

/** Everything at once, until it is over; then all is as new. @param keys of what may be evicted */
export async function breakThings(trouble: Trouble, keys: readonly RecordKey[]): Promise<void> {
  await Promise.all([
    evictions(trouble, keys),
    disasters(trouble),
    hangs(trouble),
    ...trouble.rig.links.map((link, i) => weather(trouble, link, i)),
  ]);
}
