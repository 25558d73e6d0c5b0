import { VersionMismatch } from '../errors.ts';
import type { Loaded } from '../records.ts';

/** @throws {VersionMismatch} when the caller insists on a version that has moved */
export function requireVersion({ version }: Loaded, required: number | undefined): void {
  if (required !== undefined && required !== version) throw new VersionMismatch(required, version);
}
