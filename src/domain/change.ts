import type { NewEvent } from './event.ts';
import { type Loaded, type RecordKey, type RecordOf, recordId, type Versioned } from './records.ts';

/** One record to be written, provided that it still is what was known of it. Its new version is `expected.version + 1`. */
export interface Write<Key extends RecordKey = RecordKey> {
  readonly key: Key;
  readonly expected: { readonly exists: boolean; readonly version: number };
  /** What it becomes; `undefined` deletes it. */
  readonly record: RecordOf<Key> | undefined;
}

/** A write that leaves a live record. */
export interface Put<Key extends RecordKey = RecordKey> extends Write<Key> {
  readonly record: RecordOf<Key>;
}

/** A record that is not written but must still live at this version. */
export interface Condition {
  readonly key: RecordKey;
  readonly version: number;
}

/** The remembered outcome of a request, so that its repetition gets the same answer. */
export interface IdempotencyRecord {
  /** Who sent it and under which key; unique. */
  readonly id: string;
  /** Digest of what was asked. */
  readonly fingerprint: string;
  /** The answer, without secrets; JSON. */
  readonly response: unknown;
  readonly changedKeys: readonly RecordKey[];
  /** RFC 3339, UTC, milliseconds: from then on it counts as absent. */
  readonly expiresAt: string;
}

/**
 * Everything that one decision changes, to be applied at once or not at all.
 * No key stands twice in `writes` and `conditions` together.
 */
export interface Change {
  /** When it was decided: RFC 3339, UTC, milliseconds. */
  readonly at: string;
  readonly writes: readonly Write[];
  readonly conditions: readonly Condition[];
  readonly events: readonly NewEvent[];
  readonly idempotency?: IdempotencyRecord;
}

/** What a decision comes to: its result, and the change that makes it true (none where it is true already). */
export interface Plan<Result> {
  readonly result: Result;
  readonly change?: Change;
}

/** A live record that takes the place of what was known. */
export function put<Key extends RecordKey>(loaded: Loaded<Key>, record: RecordOf<Key>): Put<Key> {
  return { key: loaded.key, expected: expectationOf(loaded), record };
}

export function remove<Key extends RecordKey>(loaded: Loaded<Key>): Write<Key> {
  return { key: loaded.key, expected: expectationOf(loaded), record: undefined };
}

export function versionAfter(write: Write): number {
  return write.expected.version + 1;
}

/** The record that a write leaves behind, with its new version. */
export function written<Key extends RecordKey>(write: Put<Key>): Versioned<RecordOf<Key>> {
  return { record: write.record, version: versionAfter(write) };
}

/**
 * Puts a change together: of the live records in `preconditions`, those that are not written become conditions,
 * so that whatever the decision rested on still holds when it is committed.
 */
export function changeOf(parts: {
  readonly at: string;
  readonly writes: readonly Write[];
  /** `undefined` where nobody plays the part. */
  readonly preconditions: readonly (Loaded | undefined)[];
  readonly events: readonly NewEvent[];
}): Change {
  const taken = new Set(parts.writes.map((write) => recordId(write.key)));
  const conditions: Condition[] = [];
  for (const loaded of parts.preconditions) {
    if (loaded?.record === undefined) continue;
    const id = recordId(loaded.key);
    if (taken.has(id)) continue;
    taken.add(id);
    conditions.push({ key: loaded.key, version: loaded.version });
  }
  return { at: parts.at, writes: parts.writes, conditions, events: parts.events };
}

function expectationOf(loaded: Loaded): Write['expected'] {
  return { exists: loaded.record !== undefined, version: loaded.version };
}

/** Whether a record is just what a change expects of it. */
export function isAsExpected(
  expected: Write['expected'],
  current: Pick<Loaded, 'version' | 'record'>,
): boolean {
  return expected.exists === (current.record !== undefined) && expected.version === current.version;
}

/** A record that is not as a change expects it, if there is one. @param know what stands under a key now */
export function movedRecord(
  { writes, conditions }: Pick<Change, 'writes' | 'conditions'>,
  know: (key: RecordKey) => Pick<Loaded, 'version' | 'record'>,
): RecordKey | undefined {
  const write = writes.find(({ key, expected }) => !isAsExpected(expected, know(key)));
  if (write !== undefined) return write.key;
  return conditions.find(({ key, version }) => !isAsExpected({ exists: true, version }, know(key)))?.key;
}
