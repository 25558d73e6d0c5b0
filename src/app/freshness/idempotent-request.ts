import { type Caller, effectiveUsername } from '../../domain/caller.ts';
import type { Change, IdempotencyRecord } from '../../domain/change.ts';
import { IdempotencyKeyReused } from '../../domain/errors.ts';
import { IDEMPOTENCY_TTL_MS, idempotencyId } from '../../domain/idempotency.ts';
import { type KeyOf, type Loaded, recordId, userKey } from '../../domain/records.ts';

/** A request with an `Idempotency-Key`: its client may send it again, and it is applied once and answered the same. */
export class IdempotentRequest {
  readonly #caller: Caller;
  readonly #key: string;
  readonly #fingerprint: string;
  #wasReplayed = false;

  constructor(request: {
    caller: Caller;
    /** `Idempotency-Key`. */
    key: string;
    /** Digest of the request: equal for equal requests. */
    fingerprint: string;
  }) {
    this.#caller = request.caller;
    this.#key = request.key;
    this.#fingerprint = request.fingerprint;
  }

  /** Whether the answer was that of an earlier request. */
  get wasReplayed(): boolean {
    return this.#wasReplayed;
  }

  /** The user record that identifies the owner of the idempotency key; `undefined` = the caller is not a user. */
  get userKey(): KeyOf<'user'> | undefined {
    const username = effectiveUsername(this.#caller);
    return username === undefined ? undefined : userKey(username);
  }

  /**
   * The id of its idempotency record; `undefined` = the outcome cannot be recorded.
   * @param loaded includes the record of `userKey`
   */
  idFrom(loaded: readonly Loaded[]): string | undefined {
    const key = this.userKey && recordId(this.userKey);
    const user = loaded.find((record): record is Loaded<KeyOf<'user'>> => recordId(record.key) === key);
    return idempotencyId(this.#caller, user?.record, this.#key);
  }

  /** The change, together with an idempotency record of its result. */
  withIdempotencyRecord(change: Change, id: string, result: unknown): Change {
    const idempotency: IdempotencyRecord = {
      id,
      fingerprint: this.#fingerprint,
      response: result === undefined ? {} : { result },
      changedKeys: change.writes.map(({ key }) => key),
      expiresAt: new Date(Date.parse(change.at) + IDEMPOTENCY_TTL_MS).toISOString(),
    };
    return { ...change, idempotency };
  }

  /** The result of the first request. @throws {IdempotencyKeyReused} that was a different request */
  replay({ fingerprint, response }: IdempotencyRecord): unknown {
    if (fingerprint !== this.#fingerprint) throw new IdempotencyKeyReused(this.#key);
    this.#wasReplayed = true;
    return (response as { readonly result?: unknown }).result;
  }
}
