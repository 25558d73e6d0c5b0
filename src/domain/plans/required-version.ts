import { VersionMismatch } from '../errors.ts';
import type { Known } from '../records.ts';

/** @throws {VersionMismatch} when the caller insists on a version that has moved */
export function requireVersion({ version }: Known, insistedOn: number | undefined): void {
  if (insistedOn !== undefined && insistedOn !== version) throw new VersionMismatch(insistedOn, version);
}
