import { VersionMismatch } from '../errors.ts';
import type { Loaded } from '../records.ts';

/** @param required `undefined` = any. @throws {VersionMismatch} */
export function requireVersion({ version }: Loaded, required: number | undefined): void {
  if (required !== undefined && required !== version) throw new VersionMismatch(required, version);
}
