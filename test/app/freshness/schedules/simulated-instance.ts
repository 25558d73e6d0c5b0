import type { MemoryUserStore } from '../../../../src/adapters/stores/memory/memory-user-store.ts';
import { AccountService } from '../../../../src/app/account-service.ts';
import type { AccountParts } from '../../../../src/app/accounts/account-parts.ts';
import { CoalescedLoads } from '../../../../src/app/freshness/coalesced-loads.ts';
import { ConsistencySampler } from '../../../../src/app/freshness/consistency-sampler.ts';
import { FreshReader } from '../../../../src/app/freshness/fresh-reader.ts';
import { FreshRecords } from '../../../../src/app/freshness/fresh-records.ts';
import { FreshWriter } from '../../../../src/app/freshness/fresh-writer.ts';
import type { FreshnessParts } from '../../../../src/app/freshness/freshness-parts.ts';
import { Markers } from '../../../../src/app/freshness/markers.ts';
import type { Clock } from '../../../../src/ports/clock.ts';
import type { ServiceUnderTest } from './operation.ts';

/** Other collaborators than the real ones, to take a rule of the protocol away. */
export interface Alteration {
  readonly store?: (clock: Clock) => MemoryUserStore;
  /** What an instance is built from. @param number of the instance, from 0 */
  readonly instance?: (parts: FreshnessParts, number: number) => FreshnessParts;
  /** What the writer of one call is built from, where it has to know what belongs to that call. */
  readonly call?: (parts: FreshnessParts) => FreshnessParts;
  readonly writer?: (parts: FreshnessParts, reader: FreshReader) => FreshWriter;
  readonly loads?: (parts: FreshnessParts) => CoalescedLoads;
}

/** The real application on these parts, put together as `freshnessOf` does it. @returns how to come in, anew for each call */
export function simulatedInstance(
  parts: FreshnessParts,
  { call, writer = realWriter, loads = (its) => new CoalescedLoads(its) }: Alteration = {},
): () => ServiceUnderTest {
  const reader = new FreshReader(parts, loads(parts), new ConsistencySampler(parts));
  const serviceUnderTest = (its: FreshnessParts): ServiceUnderTest => ({
    reader,
    service: serviceOn(its, new FreshRecords(reader, writer(its, reader))),
  });
  const usual = serviceUnderTest(parts);
  return call === undefined ? () => usual : () => serviceUnderTest(call(parts));
}

function realWriter(parts: FreshnessParts, reader: FreshReader): FreshWriter {
  return new FreshWriter(parts, reader, new Markers(parts));
}

function serviceOn({ store, clock, ids, settings }: FreshnessParts, records: FreshRecords): AccountService {
  // Nothing here asks for lists or events, which are never cached.
  const lists = store as unknown as AccountParts['store'];
  return new AccountService({ records, store: lists, clock, ids, storeTimeoutMs: settings.storeTimeoutMs });
}
