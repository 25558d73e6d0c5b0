import type { AccountService } from '../../../../src/app/account-service.ts';
import type { FreshReader } from '../../../../src/app/freshness/fresh-reader.ts';
import { RepeatableRequest } from '../../../../src/app/freshness/repeatable-request.ts';
import type { Caller } from '../../../../src/domain/caller.ts';
import type { RecordKey } from '../../../../src/domain/records.ts';
import { Refusal } from '../../../../src/domain/refusal.ts';
import {
  CacheUnavailable,
  Conflict,
  OutcomeUnknown,
  StoreUnavailable,
} from '../../../../src/ports/errors.ts';

/** What an instance is asked through. */
export interface Doors {
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
  ask(doors: Doors): Promise<unknown>;
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
    if (error instanceof Refusal) return { type: 'refusal', code: error.code };
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
export function repeatably(doors: Doors, { name, changesAs }: Operation, key: string | undefined): Doors {
  if (key === undefined || changesAs === undefined) return doors;
  const request = new RepeatableRequest({ caller: changesAs, key, fingerprint: name });
  return { ...doors, service: doors.service.once(request) };
}
