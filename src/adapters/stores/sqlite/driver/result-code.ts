const BUSY = 5;
const FULL = 13;

/** SQLite's primary result code, such as 5 for `SQLITE_BUSY`; `undefined` = the error is not SQLite's. */
export function resultCodeOf(error: unknown): number | undefined {
  if (!(error instanceof Error)) return undefined;
  const { rawCode, errcode } = error as { rawCode?: unknown; errcode?: unknown };
  const extended = rawCode ?? errcode;
  return typeof extended === 'number' ? extended & 0xff : undefined;
}

/** Another connection holds the lock; nothing was done. */
export function isBusy(error: unknown): boolean {
  return resultCodeOf(error) === BUSY;
}

/** The disk, or a quota on it, is full; the transaction can only be rolled back. */
export function isFull(error: unknown): boolean {
  return resultCodeOf(error) === FULL;
}
