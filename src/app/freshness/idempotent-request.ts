import { type Caller, effectiveUsername } from '../../domain/caller.ts';
import type { Change, IdempotencyRecord } from '../../domain/change.ts';
import { IdempotencyKeyReused } from '../../domain/errors.ts';
import { IDEMPOTENCY_TTL_MS, idempotencyId } from '../../domain/idempotency.ts';
import { type KeyOf, type Loaded, recordId, userKey } from '../../domain/records.ts';

/** A change that its sender may ask for again, not knowing what became of it: it is applied once and answered alike. */
export class IdempotentRequest {
  readonly #caller: Caller;
  readonly #key: string;
  readonly #fingerprint: string;
  #wasReplayed = false;

  constructor(request: {
    caller: Caller;
    /** `Idempotency-Key`. */
    key: string;
    /** Digest of what is asked: equal for equal requests. */
    fingerprint: string;
  }) {
    this.#caller = request.caller;
    this.#key = request.key;
    this.#fingerprint = request.fingerprint;
  }

  /** Whether its answer was that of an earlier one. */
  get wasReplayed(): boolean {
    return this.#wasReplayed;
  }

  /** The record that has to be known to tell whose request it is. */
  get userKey(): KeyOf<'user'> | undefined {
    const username = effectiveUsername(this.#caller);
    return username === undefined ? undefined : userKey(username);
  }

  /** The id that its outcome has; `undefined` where it cannot have one. @param known includes the record of `userKey` */
  idFrom(loaded: readonly Loaded[]): string | undefined {
    const key = this.userKey && recordId(this.userKey);
    const user = loaded.find((one): one is Loaded<KeyOf<'user'>> => recordId(one.key) === key);
    return idempotencyId(this.#caller, user?.record, this.#key);
  }

  /** The change, with its result to be remembered. */
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

  /** What was answered the first time. @throws {IdempotencyKeyReused} that was to another request */
  replay({ fingerprint, response }: IdempotencyRecord): unknown {
    if (fingerprint !== this.#fingerprint) throw new IdempotencyKeyReused(this.#key);
    this.#wasReplayed = true;
    return (response as { readonly result?: unknown }).result;
  }
}
