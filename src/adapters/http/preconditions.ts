import { InvalidRequest } from './errors.ts';

const ETAG = /^"(\d{1,15})"$/;

export function etagOf(version: number): string {
  return `"${version}"`;
}

/** The version that `If-Match` insists on; none for `*`. @throws {InvalidRequest} */
export function ifMatch(header: string | undefined): number | undefined {
  if (header === undefined || header.trim() === '*') return undefined;
  const [, version] = ETAG.exec(header.trim()) ?? [];
  if (version === undefined) {
    throw new InvalidRequest([
      {
        path: 'header.If-Match',
        message: `${JSON.stringify(header)} is not one ETag as answered, like "3", or *`,
      },
    ]);
  }
  return Number(version);
}

/** Whether the client's copy, as `If-None-Match` names it, is this version (weak comparison, RFC 9110, 13.1.2). */
export function isNotModified(header: string | undefined, version: number): boolean {
  if (header === undefined) return false;
  const named = header.split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return named.includes('*') || named.includes(etagOf(version));
}
