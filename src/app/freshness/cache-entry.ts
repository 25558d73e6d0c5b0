import type { Loaded, RecordKey, RecordOf } from '../../domain/records.ts';

/**
 * The content of the cache under a record's key.
 * - value: the record at a version, or its absence, as read from the store
 * - marker: a writer is about to change the record, or may have changed it; readers neither use nor fill the entry
 * - lease: a reader is loading the record
 */
export type Entry =
  | { readonly type: 'value'; readonly version: number; readonly record: RecordOf<RecordKey> | undefined }
  | { readonly type: 'marker' }
  | { readonly type: 'lease' };

/** Stored in every entry. Must be raised when the shape of entries or records changes. */
const FORMAT = 1;

const MARKER: Entry = { type: 'marker' };
const LEASE: Entry = { type: 'lease' };

export function encodeValue(version: number, record: RecordOf<RecordKey> | undefined): string {
  return JSON.stringify({ f: FORMAT, v: version, r: record ?? null });
}

/** @param token must never have been sent to the cache before */
export function encodeMarker(token: string): string {
  return JSON.stringify({ f: FORMAT, m: token });
}

/** @param token must never have been sent to the cache before */
export function encodeLease(token: string): string {
  return JSON.stringify({ f: FORMAT, l: token });
}

/** An entry that is damaged or has another format counts as a marker, so that old and new instances can run side by side. */
export function decode(text: string): Entry {
  const entry = parse(text);
  if (entry?.['f'] !== FORMAT) return MARKER;
  const { v: version, r: record, l: lease } = entry;
  if (typeof lease === 'string') return LEASE;
  if (Number.isSafeInteger(version) && typeof record === 'object') {
    return {
      type: 'value',
      version: version as number,
      record: (record as RecordOf<RecordKey> | null) ?? undefined,
    };
  }
  return MARKER;
}

/**
 * Whether no reader can get, or fill in, a value older than `version`: the entry is absent, a marker, or a value of that
 * version or later. `false` for an entry in another format: instances that use that format may read a value in it.
 */
export function isAtLeastAsNew(version: number, text: string | undefined): boolean {
  if (text === undefined) return true;
  const entry = decode(text);
  if (entry.type === 'value') return entry.version >= version;
  const { f: format, m: marker } = parse(text) ?? {};
  return format === FORMAT && typeof marker === 'string';
}

/** The record that an entry contains; `undefined` = the entry is not a value. */
export function loadedFrom(key: RecordKey, entry: Entry | undefined): Loaded | undefined {
  return entry?.type === 'value' ? { key, version: entry.version, record: entry.record } : undefined;
}

function parse(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null
      ? (parsed as Readonly<Record<string, unknown>>)
      : undefined;
  } catch {
    return undefined;
  }
}
