import type { AccountService } from '../../../../src/app/account-service.ts';
import type { FreshReader } from '../../../../src/app/freshness/fresh-reader.ts';
import { IdempotentRequest } from '../../../../src/app/freshness/idempotent-request.ts';
import type { Caller } from '../../../../src/domain/caller.ts';
import { DomainError } from '../../../../src/domain/domain-error.ts';
import type { RecordKey } from '../../../../src/domain/records.ts';
import {
  CacheUnavailable,
  Conflict,
  OutcomeUnknown,
  StoreUnavailable,
} from '../../../../src/ports/errors.ts';

/** The interface through which operations are invoked on an instance. */
export interface ServiceUnderTest {
  readonly service: AccountService;
  readonly reader: Pick<FreshReader, 'read'>;
}

/** A read or a write that clients can invoke. */
export interface Operation {
  readonly name: string;
  /** The caller of a write; `undefined` = a read. Only writes can have an idempotency key. */
  readonly writesAs?: Caller;
  /** The record that a write brings into a desired state and returns, also when it is in that state already. */
  readonly targetKey?: RecordKey;
  /** The records that a read returns directly, without permission checks. */
  readonly readKeys?: readonly RecordKey[];
  /** The parts of a batch. Each is answered separately, possibly as of different instants. */
  readonly batch?: readonly Operation[];
  /** @returns the result without values that differ between any two instances, such as new ids */
  invoke(serviceUnderTest: ServiceUnderTest): Promise<unknown>;
}

/** The outcome of a call. A result is JSON text, so that two results can be compared. */
export type CallOutcome =
  | { readonly type: 'success'; readonly text: string }
  /** A domain error. Like a result, it depends on the records. */
  | { readonly type: 'rejection'; readonly code: string }
  /** The operation was not attempted, or its outcome is unknown: nothing can be concluded about the records. */
  | { readonly type: 'failure'; readonly code: string };

export async function callOutcome(result: Promise<unknown>): Promise<CallOutcome> {
  try {
    return { type: 'success', text: JSON.stringify(await result) ?? 'nothing' };
  } catch (error) {
    if (error instanceof DomainError) return { type: 'rejection', code: error.code };
    if (
      error instanceof OutcomeUnknown ||
      error instanceof StoreUnavailable ||
      error instanceof CacheUnavailable ||
      error instanceof Conflict
    ) {
      return { type: 'failure', code: error.code };
    }
    throw error;
  }
}

export function isSameOutcome(one: CallOutcome, other: CallOutcome): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** The same interface, but writes are idempotent requests with this key. */
export function idempotently(
  serviceUnderTest: ServiceUnderTest,
  { name, writesAs }: Operation,
  idempotencyKey: string | undefined,
): ServiceUnderTest {
  if (idempotencyKey === undefined || writesAs === undefined) return serviceUnderTest;
  const request = new IdempotentRequest({ caller: writesAs, key: idempotencyKey, fingerprint: name });
  return { ...serviceUnderTest, service: serviceUnderTest.service.withIdempotency(request) };
}
