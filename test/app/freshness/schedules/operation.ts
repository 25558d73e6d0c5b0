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

/** What an instance is asked through. */
export interface ServiceUnderTest {
  readonly service: AccountService;
  readonly reader: Pick<FreshReader, 'read'>;
}

/** Something that a client may ask for. */
export interface Operation {
  readonly name: string;
  /** Who asks, where it changes something: it may be repeated in their name. */
  readonly changesAs?: Caller;
  /** The record that it makes to be as wished, and answers with, whether there is anything to change or not. */
  readonly changes?: RecordKey;
  /** The records that it asks for as they are, through no plan and no rights. */
  readonly looksAt?: readonly RecordKey[];
  /** Questions that are asked together and answered one by one, each for itself. */
  readonly each?: readonly Operation[];
  /** The answer, without what no two instances would answer alike. */
  ask(serviceUnderTest: ServiceUnderTest): Promise<unknown>;
}

/** What a call came to. An answer is text, so that two can be compared. */
export type Outcome =
  | { readonly type: 'answer'; readonly text: string }
  | { readonly type: 'refusal'; readonly code: string }
  /** Nobody can say what it came to, or it was not even tried: nothing is told of the records. */
  | { readonly type: 'failure'; readonly code: string };

export async function outcomeOf(answer: Promise<unknown>): Promise<Outcome> {
  try {
    return { type: 'answer', text: JSON.stringify(await answer) ?? 'nothing' };
  } catch (error) {
    if (error instanceof DomainError) return { type: 'refusal', code: error.code };
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

export function isSame(one: Outcome, other: Outcome): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** The same way in, for a call that may be repeated under this key. */
export function idempotently(
  serviceUnderTest: ServiceUnderTest,
  { name, changesAs }: Operation,
  key: string | undefined,
): ServiceUnderTest {
  if (key === undefined || changesAs === undefined) return serviceUnderTest;
  const request = new IdempotentRequest({ caller: changesAs, key, fingerprint: name });
  return { ...serviceUnderTest, service: serviceUnderTest.service.once(request) };
}
