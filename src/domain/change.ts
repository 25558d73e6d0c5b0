import type { NewEvent } from './event.ts';
import { type Loaded, type RecordKey, type RecordOf, recordId, type Versioned } from './records.ts';

/**
 * A conditional write of one record: it applies only if the record is as `expected`. The new version is
 * `expected.version + 1`.
 */
export interface Write<Key extends RecordKey = RecordKey> {
  readonly key: Key;
  readonly expected: { readonly exists: boolean; readonly version: number };
  /** The new record; `undefined` = delete. */
  readonly record: RecordOf<Key> | undefined;
}

/** A write that leaves a live record. */
export interface Put<Key extends RecordKey = RecordKey> extends Write<Key> {
  readonly record: RecordOf<Key>;
}

/** A record that is not written but must exist at this version. */
export interface Condition {
  readonly key: RecordKey;
  readonly version: number;
}

/** The stored outcome of a request, so that a retry gets the same answer. */
export interface IdempotencyRecord {
  /** Unique id, derived from the caller and the idempotency key. */
  readonly id: string;
  /** Digest of the request. */
  readonly fingerprint: string;
  /** The answer as JSON, without secrets. */
  readonly response: unknown;
  readonly changedKeys: readonly RecordKey[];
  /** RFC 3339, UTC, milliseconds. From this time on, the record counts as absent. */
  readonly expiresAt: string;
}

/**
 * Everything that one decision changes; it is applied atomically.
 * The keys of `writes` and `conditions` together are distinct.
 */
export interface Change {
  /** Time of the decision: RFC 3339, UTC, milliseconds. */
  readonly at: string;
  readonly writes: readonly Write[];
  readonly conditions: readonly Condition[];
  readonly events: readonly NewEvent[];
  readonly idempotency?: IdempotencyRecord;
}

/** A decision: its result, and the change that makes it true. No change = it is already true. */
export interface Plan<Result> {
  readonly result: Result;
  readonly change?: Change;
}

/** A write that creates or replaces a record. */
export function put<Key extends RecordKey>(loaded: Loaded<Key>, record: RecordOf<Key>): Put<Key> {
  return { key: loaded.key, expected: expectationOf(loaded), record };
}

/** A write that deletes a record and leaves a tombstone. */
export function remove<Key extends RecordKey>(loaded: Loaded<Key>): Write<Key> {
  return { key: loaded.key, expected: expectationOf(loaded), record: undefined };
}

export function versionAfter(write: Write): number {
  return write.expected.version + 1;
}

/** The record after the write, with its new version. */
export function written<Key extends RecordKey>(write: Put<Key>): Versioned<RecordOf<Key>> {
  return { record: write.record, version: versionAfter(write) };
}

/**
 * Creates a change. The live records in `preconditions` that are not written become conditions, so that everything the
 * decision depends on still holds when it is committed.
 */
export function changeOf(parts: {
  readonly at: string;
  readonly writes: readonly Write[];
  /** `undefined` entries are ignored. */
  readonly preconditions: readonly (Loaded | undefined)[];
  readonly events: readonly NewEvent[];
}): Change {
  const seen = new Set(parts.writes.map((write) => recordId(write.key)));
  const conditions: Condition[] = [];
  for (const loaded of parts.preconditions) {
    if (loaded?.record === undefined) continue;
    const id = recordId(loaded.key);
    if (seen.has(id)) continue;
    seen.add(id);
    conditions.push({ key: loaded.key, version: loaded.version });
  }
  return { at: parts.at, writes: parts.writes, conditions, events: parts.events };
}

function expectationOf(loaded: Loaded): Write['expected'] {
  return { exists: loaded.record !== undefined, version: loaded.version };
}

/** Whether a record is exactly as a change expects it. */
export function isAsExpected(
  expected: Write['expected'],
  current: Pick<Loaded, 'version' | 'record'>,
): boolean {
  return expected.exists === (current.record !== undefined) && expected.version === current.version;
}

/** The key of a record that is not as the change expects, if any. @param currentOf returns the current record of a key */
export function movedRecord(
  { writes, conditions }: Pick<Change, 'writes' | 'conditions'>,
  currentOf: (key: RecordKey) => Pick<Loaded, 'version' | 'record'>,
): RecordKey | undefined {
  const write = writes.find(({ key, expected }) => !isAsExpected(expected, currentOf(key)));
  if (write !== undefined) return write.key;
  return conditions.find(({ key, version }) => !isAsExpected({ exists: true, version }, currentOf(key)))?.key;
}
