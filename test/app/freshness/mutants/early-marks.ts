import type { FreshReader } from '../../../../src/app/freshness/fresh-reader.ts';
import { FreshWriter } from '../../../../src/app/freshness/fresh-writer.ts';
import type { FreshnessParts as Parts } from '../../../../src/app/freshness/freshness-parts.ts';
import { type MarkedKey, Markers } from '../../../../src/app/freshness/markers.ts';
import type { Change } from '../../../../src/domain/change.ts';
import { type LoadedAll, type RecordKey, recordId } from '../../../../src/domain/records.ts';
import { alteredStore } from './altered-ports.ts';

/** Markers that are put before it is known what they are for. */
class EarlyMarkers extends Markers {
  readonly #standing = new Map<string, MarkedKey>();

  async markAhead(keys: readonly RecordKey[]): Promise<void> {
    const expected = { exists: false, version: 0 };
    const writes = keys.map((key) => ({ key, expected, record: undefined }));
    for (const mark of await super.mark({ at: '', writes, conditions: [], events: [] })) {
      this.#standing.set(recordId(mark.write.key), mark);
    }
  }

  /** Those that stand already; the rest as ever. */
  override async mark(change: Change): Promise<readonly MarkedKey[]> {
    const standing = change.writes.flatMap((write) => {
      const mark = this.#standing.get(recordId(write.key));
      return mark === undefined ? [] : [{ ...mark, write }];
    });
    const rest = change.writes.filter(({ key }) => !this.#standing.has(recordId(key)));
    return [...standing, ...(await super.mark({ ...change, writes: rest }))];
  }
}

/** Marks what it may change, then reads it. For one call. */
export function markingBeforeKnowing(parts: Parts, reader: FreshReader): FreshWriter {
  const markers = new EarlyMarkers(parts);
  const read = async <const Keys extends readonly RecordKey[]>(keys: Keys): Promise<LoadedAll<Keys>> => {
    await markers.markAhead(keys);
    return reader.readStore(keys);
  };
  const marking = { read, readStore: read } as unknown as FreshReader;
  return new FreshWriter(parts, marking, markers);
}

/** Covers what a repeated request may have changed, looks what became of it, and answers. For one call. */
export function markingBeforeLooking(parts: Parts, reader: FreshReader): FreshWriter {
  const markers = new EarlyMarkers(parts);
  markers.cover = async () => {};
  let loaded: readonly RecordKey[] = [];
  const noting = {
    read: async (keys: readonly RecordKey[]) => {
      loaded = keys;
      return reader.read(keys);
    },
    readStore: (keys: readonly RecordKey[]) => reader.readStore(keys),
  } as unknown as FreshReader;
  const store = alteredStore(parts.store, {
    async readIdempotencyRecord(id, now, deadline) {
      await markers.markAhead(loaded);
      return parts.store.readIdempotencyRecord(id, now, deadline);
    },
  });
  return new FreshWriter({ ...parts, store }, noting, markers);
}
