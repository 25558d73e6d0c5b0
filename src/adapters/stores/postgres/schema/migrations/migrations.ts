import { RECORDS } from './migration-1-records.ts';
import { EVENTS } from './migration-2-events.ts';
import { IDEMPOTENCY_AND_META } from './migration-3-idempotency-and-meta.ts';
import { STORE_SERVER } from './migration-4-store-server.ts';

interface Migration {
  /** Human-readable. */
  readonly name: string;
  readonly sql: string;
}

/** Entry n upgrades the schema from version n to n + 1. A released migration is never changed. */
export const MIGRATIONS: readonly Migration[] = [
  { name: 'records and their lists', sql: RECORDS },
  { name: 'events', sql: EVENTS },
  { name: 'idempotency records and meta record', sql: IDEMPOTENCY_AND_META },
  { name: 'server of the store', sql: STORE_SERVER },
];
