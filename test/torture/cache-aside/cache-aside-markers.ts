import type { FreshnessParts } from '../../../src/app/freshness/freshness-parts.ts';
import { type MarkedKey, Markers } from '../../../src/app/freshness/markers.ts';
import { type Change, versionAfter } from '../../../src/domain/change.ts';
import type { RecordKey } from '../../../src/domain/records.ts';
import { setEntry } from './set-entry.ts';

/** The writes of cache-aside: nothing before the commit; afterwards the new values are set unconditionally. */
export class CacheAsideMarkers extends Markers {
  readonly #parts: FreshnessParts;

  constructor(parts: FreshnessParts) {
    super(parts);
    this.#parts = parts;
  }

  override async mark({ writes }: Change): Promise<readonly MarkedKey[]> {
    return writes.map((write) => ({
      write,
      key: '',
      server: '',
      marker: '',
      sentAt: this.#parts.clock.monotonic(),
    }));
  }

  override async publish(marked: readonly MarkedKey[]): Promise<readonly RecordKey[]> {
    await Promise.all(
      marked.map(({ write }) =>
        setEntry(this.#parts, { key: write.key, version: versionAfter(write), record: write.record }),
      ),
    );
    return [];
  }

  override async invalidate(): Promise<void> {}
}
