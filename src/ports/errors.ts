import { type RecordKey, recordId } from '../domain/records.ts';

/** The failures of the ports, independent of the technology. Adapters keep the vendor's error as `cause`. */
abstract class PortError extends Error {
  abstract readonly code: string;
  override get name(): string {
    return this.constructor.name;
  }
}

/** The store refused, failed or missed the deadline; **nothing was written**. */
export class StoreUnavailable extends PortError {
  readonly code = 'store_unavailable';
}

/** The table or schema of the store is missing or does not fit. Retrying does not help; an operator must repair it. */
export class StoreNotProvisioned extends StoreUnavailable {}

/** Another server answers for the store than the one that was named: after a failover, say. Nothing was written. */
export class StoreServerChanged extends StoreUnavailable {}

/** A commit was sent and no reply arrived: it may have been applied, or may still be applied. */
export class OutcomeUnknown extends PortError {
  readonly code = 'outcome_unknown';
}

/** A record is not as the change expected; nothing was written. */
export class Conflict extends PortError {
  readonly code = 'conflict';
  /** The record that was changed concurrently; an idempotency record is identified by its id. */
  readonly moved: RecordKey | { readonly kind: 'idempotency'; readonly id: string };

  constructor(moved: Conflict['moved'], options?: ErrorOptions) {
    super(
      `The ${moved.kind === 'idempotency' ? 'idempotency record' : recordId(moved)} was changed concurrently; nothing was written. Retry the request.`,
      options,
    );
    this.moved = moved;
  }
}

/** The cache refused, failed or missed the deadline. The operation may still be applied later. */
export class CacheUnavailable extends PortError {
  readonly code = 'cache_unavailable';
}

export type AnyPortError = StoreUnavailable | OutcomeUnknown | Conflict | CacheUnavailable;

/** The cache answered, but did not prove that it was the expected server in the expected term. */
export class CacheUnproven extends CacheUnavailable {}

/** The reason of a failure in one line, for any thrown value. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.message || error.name;
}
