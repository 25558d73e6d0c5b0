import { RECORDS } from './migration-1-records.ts';
import { EVENTS } from './migration-2-events.ts';
import { IDEMPOTENCY_AND_META } from './migration-3-idempotency-and-meta.ts';
import { EPOCH } from './migration-4-epoch.ts';

interface Migration {
  /** For people. */
  readonly name: string;
  readonly sql: string;
}

/** Entry n brings the schema from version n to n + 1. What was released is never changed. */
export const MIGRATIONS: readonly Migration[] = [
  { name: 'records and their lists', sql: RECORDS },
  { name: 'events', sql: EVENTS },
  { name: 'idempotency records and meta record', sql: IDEMPOTENCY_AND_META },
  { name: 'epoch of the meta record', sql: EPOCH },
];
