import type { Loaded, RecordKey, RecordOf } from '../../domain/records.ts';

/**
 * What stands in the cache under a record's key.
 * - value: what the store held at a version, or that it held nothing
 * - marker: somebody is about to change the record, or may have; nobody trusts or fills the cache
 * - lease: a reader is loading the record
 */
export type Entry =
  | { readonly type: 'value'; readonly version: number; readonly record: RecordOf<RecordKey> | undefined }
  | { readonly type: 'marker' }
  | { readonly type: 'lease' };

/** Stands inside every entry. Raise it when the shape of entries or records changes. */
const FORMAT = 1;

const MARKER: Entry = { type: 'marker' };
const LEASE: Entry = { type: 'lease' };

export function encodeValue(version: number, record: RecordOf<RecordKey> | undefined): string {
  return JSON.stringify({ f: FORMAT, v: version, r: record ?? null });
}

/** @param token one that was never sent before */
export function encodeMarker(token: string): string {
  return JSON.stringify({ f: FORMAT, m: token });
}

/** @param token one that was never sent before */
export function encodeLease(token: string): string {
  return JSON.stringify({ f: FORMAT, l: token });
}

/** What cannot be read, be it damaged or of another format, counts as a marker: old and new instances run side by side. */
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
 * Whether nobody can be told what was before this version, nor fill it: nothing is there, or a marker, or this version or a
 * later one. Of what cannot be read nobody knows: an instance that writes another format may believe it.
 */
export function isAtLeastAsNew(version: number, text: string | undefined): boolean {
  if (text === undefined) return true;
  const entry = decode(text);
  if (entry.type === 'value') return entry.version >= version;
  const { f: format, m: marker } = parse(text) ?? {};
  return format === FORMAT && typeof marker === 'string';
}

/** What an entry says of the record under whose key it stands; `undefined` = it is no value. */
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
