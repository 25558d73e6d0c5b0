import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { provisionTable, type TableOptions } from '../../src/adapters/stores/dynamodb/dynamo-table.ts';
import type { DynamoUserStore } from '../../src/adapters/stores/dynamodb/dynamo-user-store.ts';
import {
  type MigrationOptions,
  type MigrationSummary,
  migrateTable,
} from '../../src/adapters/stores/dynamodb/migrate-table.ts';
import { SystemClock } from '../../src/adapters/system/system-clock.ts';
import { UuidIds } from '../../src/adapters/system/uuid-ids.ts';
import type { StoreUnderTest } from '../contracts/user-store-contract.ts';
import { unique } from './accounts.ts';
import { cleanupAfterEach } from './cleanup.ts';
import { deadline } from './deadline.ts';
import { type Dynoxide, dynamoStore, startDynoxide, TOMBSTONE_TTL_MS } from './dynoxide.ts';

export interface DynamoFixture {
  readonly server: Dynoxide;
  readonly client: DynamoDBDocumentClient;
  tableOptions(tableName: string): TableOptions;
  /** @returns its name */
  createTable(): Promise<string>;
  migrate(tableName: string, overrides?: Partial<MigrationOptions>): Promise<MigrationSummary>;
  /** A store with its own client, which an `afterEach` hook closes. */
  openStore(tableName: string): DynamoUserStore;
}

/** One real server for all tests of a suite. */
export function dynamoFixture(): DynamoFixture {
  let server: Dynoxide;
  let client: DynamoDBDocumentClient;
  before(async () => {
    server = await startDynoxide();
    client = server.client();
  });
  after(async () => {
    client?.destroy();
    await server?.stop();
  });
  const addCleanup = cleanupAfterEach();
  const tableOptions = (tableName: string): TableOptions => ({
    client,
    tableName,
    clock: new SystemClock(),
    ids: new UuidIds(),
  });
  return {
    get server() {
      return server;
    },
    get client() {
      return client;
    },
    tableOptions,
    async createTable() {
      const tableName = unique('table');
      await provisionTable(tableOptions(tableName), deadline());
      return tableName;
    },
    migrate: (tableName, overrides) =>
      migrateTable({
        ...tableOptions(tableName),
        tombstoneTtlMs: TOMBSTONE_TTL_MS,
        stepTimeoutMs: 5000,
        ...overrides,
      }),
    openStore(tableName) {
      const storeClient = server.client();
      addCleanup(() => storeClient.destroy());
      return dynamoStore(storeClient, tableName);
    },
  };
}

/** Stores on one table, for the contract. */
export function dynamoStoreUnderTest({ createTable, openStore }: DynamoFixture): () => StoreUnderTest {
  let tableName: string;
  before(async () => {
    tableName = await createTable();
  });
  return () => ({
    store: openStore(tableName),
    openAnother: async () => openStore(tableName),
    isShared: true,
    expiresAutomatically: true,
  });
}
