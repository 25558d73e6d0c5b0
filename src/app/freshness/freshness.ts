import { CoalescedLoads } from './coalesced-loads.ts';
import { ConsistencySampler } from './consistency-sampler.ts';
import { MarkOrClose } from './epochs/mark-or-close.ts';
import { FreshReader } from './fresh-reader.ts';
import { FreshRecords } from './fresh-records.ts';
import { FreshWriter } from './fresh-writer.ts';
import type { FreshnessParts } from './freshness-parts.ts';
import { Markers } from './markers.ts';

/** The freshness protocol, assembled for one instance. */
export interface Freshness {
  readonly reader: FreshReader;
  readonly writer: FreshWriter;
  readonly records: FreshRecords;
}

/** @param loads shared by all reads of the process */
export function createFreshness(parts: FreshnessParts, loads = new CoalescedLoads(parts)): Freshness {
  const reader = new FreshReader(parts, loads, new ConsistencySampler(parts));
  const writer = new FreshWriter(parts, reader, new Markers(parts), new MarkOrClose(parts));
  return { reader, writer, records: new FreshRecords(reader, writer) };
}
