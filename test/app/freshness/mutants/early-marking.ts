import { MarkOrClose } from '../../../../src/app/freshness/epochs/mark-or-close.ts';
import { type Keyspace, keyspaceOf } from '../../../../src/app/freshness/epochs/permit.ts';
import type { FreshReader } from '../../../../src/app/freshness/fresh-reader.ts';
import { FreshWriter } from '../../../../src/app/freshness/fresh-writer.ts';
import type { FreshnessParts as Parts } from '../../../../src/app/freshness/freshness-parts.ts';
import { type MarkedKey, Markers } from '../../../../src/app/freshness/markers.ts';
import type { Change } from '../../../../src/domain/change.ts';
import { type LoadedAll, type RecordKey, recordId } from '../../../../src/domain/records.ts';
import { overrideStore } from './override-ports.ts';

/** Markers that can be put before the change is known. */
class EarlyMarkers extends Markers {
  readonly #early = new Map<string, MarkedKey>();

  async markEarly(keys: readonly RecordKey[], keyspace: Keyspace): Promise<void> {
    const expected = { exists: false, version: 0 };
    const writes = keys.map((key) => ({ key, expected, record: undefined }));
    for (const mark of await super.mark({ at: '', writes, conditions: [], events: [] }, keyspace)) {
      this.#early.set(recordId(mark.write.key), mark);
    }
  }

  /** Reuses the early markers and marks the remaining records as usual. */
  override async mark(change: Change, keyspace: Keyspace): Promise<readonly MarkedKey[]> {
    const early = change.writes.flatMap((write) => {
      const mark = this.#early.get(recordId(write.key));
      return mark === undefined ? [] : [{ ...mark, write }];
    });
    const rest = change.writes.filter(({ key }) => !this.#early.has(recordId(key)));
    return [...early, ...(await super.mark({ ...change, writes: rest }, keyspace))];
  }
}

/** Marks the records that the call may change, then reads them. Used per call. */
export function markBeforeReading(parts: Parts, reader: FreshReader): FreshWriter {
  const markers = new EarlyMarkers(parts);
  const read = async <const Keys extends readonly RecordKey[]>(keys: Keys): Promise<LoadedAll<Keys>> => {
    await markers.markEarly(keys, await openKeyspace(parts));
    return reader.readStore(keys);
  };
  const markingReader = { read, readStore: read } as unknown as FreshReader;
  return new FreshWriter(parts, markingReader, markers, new MarkOrClose(parts));
}

/** On a retry, marks the records that the first attempt may have changed before the lookup, not after. Used per call. */
export function markBeforeLookup(parts: Parts, reader: FreshReader): FreshWriter {
  const markers = new EarlyMarkers(parts);
  markers.invalidate = async () => {};
  let readKeys: readonly RecordKey[] = [];
  const recordingReader = {
    read: async (keys: readonly RecordKey[]) => {
      readKeys = keys;
      return reader.read(keys);
    },
    readStore: (keys: readonly RecordKey[]) => reader.readStore(keys),
  } as unknown as FreshReader;
  const store = overrideStore(parts.store, (inner) => ({
    async readIdempotencyRecord(...args) {
      await markers.markEarly(readKeys, await openKeyspace(parts));
      return inner.readIdempotencyRecord(...args);
    },
  }));
  return new FreshWriter({ ...parts, store }, recordingReader, markers, new MarkOrClose(parts));
}

async function openKeyspace({ keeper, cache }: Parts): Promise<Keyspace> {
  const keyspace = keyspaceOf(await keeper.permit(), cache);
  if (keyspace === undefined) throw new Error('the epoch should be open');
  return keyspace;
}
