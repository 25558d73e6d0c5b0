import type { Caller } from '../../domain/caller.ts';
import type { ChangeContext } from '../../domain/plans/change-context.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Ids } from '../../ports/ids.ts';
import type { EventLog, RecordLists, RecordReader } from '../../ports/user-store.ts';
import type { PermittedStore } from '../freshness/epochs/permitted-store.ts';
import type { FreshRecords } from '../freshness/fresh-records.ts';

/** The dependencies of the parts of `AccountService`. */
export interface AccountParts {
  readonly records: FreshRecords;
  /** For lists and events, which are not cached. */
  readonly store: PermittedStore<RecordLists & RecordReader & EventLog>;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly storeTimeoutMs: number;
}

/** A change by this caller at the current time. */
export function changeContextOf(caller: Caller, clock: Clock): ChangeContext {
  return { caller, at: new Date(clock.now()).toISOString() };
}
