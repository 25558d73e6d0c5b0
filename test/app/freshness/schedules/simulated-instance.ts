import type { MemoryUserStore } from '../../../../src/adapters/stores/memory/memory-user-store.ts';
import { AccountService } from '../../../../src/app/account-service.ts';
import type { AccountParts } from '../../../../src/app/accounts/account-parts.ts';
import { CoalescedLoads } from '../../../../src/app/freshness/coalesced-loads.ts';
import { ConsistencySampler } from '../../../../src/app/freshness/consistency-sampler.ts';
import { MarkOrClose } from '../../../../src/app/freshness/epochs/mark-or-close.ts';
import { FreshReader } from '../../../../src/app/freshness/fresh-reader.ts';
import { FreshRecords } from '../../../../src/app/freshness/fresh-records.ts';
import { FreshWriter } from '../../../../src/app/freshness/fresh-writer.ts';
import type { FreshnessParts } from '../../../../src/app/freshness/freshness-parts.ts';
import { Markers } from '../../../../src/app/freshness/markers.ts';
import type { Clock } from '../../../../src/ports/clock.ts';
import type { ServiceUnderTest } from './operation.ts';

/** Replacements for parts of the simulation, for example to disable one rule of the protocol. */
export interface Overrides {
  readonly store?: (clock: Clock) => MemoryUserStore;
  /** Changes the parts of an instance. @param number of the instance, from 0 */
  readonly instance?: (parts: FreshnessParts, number: number) => FreshnessParts;
  /** Changes the parts of the writer, which is created for each call. For overrides that keep state per call. */
  readonly call?: (parts: FreshnessParts) => FreshnessParts;
  readonly writer?: (parts: FreshnessParts, reader: FreshReader) => FreshWriter;
  readonly loads?: (parts: FreshnessParts) => CoalescedLoads;
  /** Whether `instance` replaces the shared cache, which then stays empty. */
  readonly hasPrivateCaches?: boolean;
}

/** The real application on these parts, assembled as in `createFreshness`. @returns to be called for each client call */
export function simulatedInstance(
  parts: FreshnessParts,
  { call, writer = createWriter, loads = (given) => new CoalescedLoads(given) }: Overrides = {},
): () => ServiceUnderTest {
  const reader = new FreshReader(parts, loads(parts), new ConsistencySampler(parts));
  const serviceUnderTest = (given: FreshnessParts): ServiceUnderTest => ({
    reader,
    service: createService(given, new FreshRecords(reader, writer(given, reader))),
  });
  const shared = serviceUnderTest(parts);
  return call === undefined ? () => shared : () => serviceUnderTest(call(parts));
}

function createWriter(parts: FreshnessParts, reader: FreshReader): FreshWriter {
  return new FreshWriter(parts, reader, new Markers(parts), new MarkOrClose(parts));
}

function createService(
  { store, clock, ids, settings }: FreshnessParts,
  records: FreshRecords,
): AccountService {
  // No workload lists records or events, which are never cached.
  const lists = store as unknown as AccountParts['store'];
  return new AccountService({ records, store: lists, clock, ids, storeTimeoutMs: settings.storeTimeoutMs });
}
