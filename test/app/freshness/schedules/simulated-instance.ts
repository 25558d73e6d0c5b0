import { AccountService } from '../../../../src/app/account-service.ts';
import type { AccountParts } from '../../../../src/app/accounts/account-parts.ts';
import type { CachePairing } from '../../../../src/app/freshness/cache-pairing.ts';
import type { CacheTrust } from '../../../../src/app/freshness/cache-trust.ts';
import { FreshReader } from '../../../../src/app/freshness/fresh-reader.ts';
import { FreshRecords } from '../../../../src/app/freshness/fresh-records.ts';
import { FreshWriter } from '../../../../src/app/freshness/fresh-writer.ts';
import { Markers } from '../../../../src/app/freshness/markers.ts';
import type { FreshnessSettings } from '../../../../src/app/freshness/settings.ts';
import type { Cache } from '../../../../src/ports/cache.ts';
import type { Clock } from '../../../../src/ports/clock.ts';
import type { Ids } from '../../../../src/ports/ids.ts';
import type { Telemetry } from '../../../../src/ports/telemetry.ts';
import type { Doors } from './operation.ts';
import type { Store } from './stepped-ports.ts';

/** What the protocol works with in one instance. */
export interface Parts {
  readonly store: Store;
  readonly cache: Cache;
  readonly pairing: CachePairing;
  readonly trust: CacheTrust;
  readonly settings: FreshnessSettings;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly telemetry: Telemetry;
}

/** A rule of the protocol taken away, by other collaborators than the real ones. */
export interface Alteration {
  /** What an instance is built from. @param number of the instance, from 0 */
  readonly instance?: (parts: Parts, number: number) => Parts;
  /** What the writer of one call is built from, where it has to know what belongs to that call. */
  readonly call?: (parts: Parts) => Parts;
  readonly writer?: (parts: Parts, reader: FreshReader) => FreshWriter;
}

/** The real application on these parts. @returns how to come in, anew for each call */
export function simulatedInstance(parts: Parts, { call, writer }: Alteration = {}): () => Doors {
  const reader = new FreshReader(parts);
  const doors = (its: Parts): Doors => ({
    reader,
    service: serviceOn(its, new FreshRecords(reader, (writer ?? freshWriter)(its, reader))),
  });
  const usual = doors(parts);
  return call === undefined ? () => usual : () => doors(call(parts));
}

function freshWriter(parts: Parts, reader: FreshReader): FreshWriter {
  return new FreshWriter({ ...parts, reader, markers: new Markers(parts) });
}

function serviceOn({ store, clock, ids, settings }: Parts, records: FreshRecords): AccountService {
  // Nothing here asks for lists or events, which are never cached.
  const lists = store as unknown as AccountParts['store'];
  return new AccountService({ records, store: lists, clock, ids, storeTimeoutMs: settings.storeTimeoutMs });
}
