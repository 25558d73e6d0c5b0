import { VersionMismatch } from '../../../domain/errors.ts';
import { quoted } from '../../../domain/invalid-value.ts';
import { InvalidRequest, PreconditionFailed } from '../errors.ts';

/** An entity tag (RFC 9110, section 8.8.3), and a list of them (section 5.6.1). */
const TAG = /(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*"/;
const TAGS = new RegExp(`^[ \\t,]*${TAG.source}(?:[ \\t]*,[ \\t,]*${TAG.source})*[ \\t,]*$`);
const VERSION = /^"[1-9]\d{0,14}"$/;

/** Each version costs one attempt. */
const MAX_VERSIONS = 10;
/** A version that no record has. */
const NO_VERSION = 0;

export function etagOf(version: number): string {
  return `"${version}"`;
}

/** The versions that `If-Match` accepts (strong comparison, RFC 9110, section 13.1.1); `undefined` = any. @throws {InvalidRequest} */
export function ifMatch(header: string | undefined): readonly number[] | undefined {
  if (header === undefined) return undefined;
  const tags = tagsIn(header);
  if (tags === '*') return undefined;
  if (tags === undefined) throw invalid(`must be * or ETags such as "3" (given: ${quoted(header)})`);
  const versions = new Set(tags.filter((tag) => VERSION.test(tag)).map((tag) => Number(tag.slice(1, -1))));
  if (versions.size > MAX_VERSIONS) {
    throw invalid(`must have at most ${MAX_VERSIONS} versions (given: ${versions.size})`);
  }
  return versions.size === 0 ? [NO_VERSION] : [...versions];
}

/** Applies a change to a record that is at one of these versions. @throws {PreconditionFailed} */
export async function changeAt<T>(
  versions: readonly number[] | undefined,
  change: (ifVersion: number | undefined) => Promise<T>,
): Promise<T> {
  if (versions === undefined) return change(undefined);
  for (const version of versions) {
    try {
      return await change(version);
    } catch (error) {
      if (!(error instanceof VersionMismatch)) throw error;
    }
  }
  throw new PreconditionFailed();
}

/** Whether `If-None-Match` names this version (weak comparison, RFC 9110, section 13.1.2). */
export function isNotModified(header: string | undefined, version: number): boolean {
  const tags = header === undefined ? undefined : tagsIn(header);
  if (tags === undefined) return false;
  return tags === '*' || tags.some((tag) => tag.replace(/^W\//, '') === etagOf(version));
}

/** `undefined` = malformed. */
function tagsIn(header: string): '*' | readonly string[] | undefined {
  if (header.trim() === '*') return '*';
  return TAGS.test(header) ? (header.match(new RegExp(TAG, 'g')) ?? []) : undefined;
}

function invalid(message: string): InvalidRequest {
  return new InvalidRequest([{ path: 'header.If-Match', message }]);
}
