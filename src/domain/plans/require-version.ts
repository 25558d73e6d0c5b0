import { VersionMismatch } from '../errors.ts';
import type { Loaded } from '../records.ts';

/** @throws {VersionMismatch} when the caller insists on a version that has moved */
export function requireVersion({ version }: Loaded, insistedOn: number | undefined): void {
  if (insistedOn !== undefined && insistedOn !== version) throw new VersionMismatch(insistedOn, version);
}
