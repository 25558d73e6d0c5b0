import { type RecordKey, recordId } from '../domain/records.ts';

/** What can go wrong beyond a port, whatever technology is behind it. Adapters keep the vendor's error as `cause`. */
abstract class PortError extends Error {
  abstract readonly code: string;
  override get name(): string {
    return this.constructor.name;
  }
}

/** The store did not answer in time or refused to; **nothing was written**. */
export class StoreUnavailable extends PortError {
  readonly code = 'store_unavailable';
}

/** What the store keeps its records in (a table, a schema) is missing or not fit for use. It takes a person to mend that. */
export class StoreNotProvisioned extends StoreUnavailable {}

/** A commit was sent and its answer never came: it may have been applied, or may still be. */
export class OutcomeUnknown extends PortError {
  readonly code = 'outcome_unknown';
}

/** A record is not what the change expected; nothing was written. */
export class Conflict extends PortError {
  readonly code = 'conflict';
  /** The record that moved; the idempotency record of the change is named by its id. */
  readonly moved: RecordKey | { readonly kind: 'idempotency'; readonly id: string };

  constructor(moved: Conflict['moved'], options?: ErrorOptions) {
    super(
      `The ${moved.kind === 'idempotency' ? 'idempotency record' : recordId(moved)} was changed by somebody else.`,
      options,
    );
    this.moved = moved;
  }
}

/** The cache did not answer in time or refused to. What was asked of it may still be applied later. */
export class CacheUnavailable extends PortError {
  readonly code = 'cache_unavailable';
}

export type PortsError = StoreUnavailable | OutcomeUnknown | Conflict | CacheUnavailable;

/** What went wrong, in one line, whatever was thrown. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.message || error.name;
}
