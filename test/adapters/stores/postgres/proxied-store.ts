import { expect } from 'chai';
import { Client } from 'pg';
import type { PostgresDatabase } from '../../../../src/adapters/stores/postgres/database/postgres-database.ts';
import type { PostgresUserStore } from '../../../../src/adapters/stores/postgres/postgres-user-store.ts';
import { SystemClock } from '../../../../src/adapters/system/system-clock.ts';
import { userKey } from '../../../../src/domain/records.ts';
import { aChange, anEvent, aUser, create, organizationStream } from '../../../support/accounts.ts';
import {
  openDatabase,
  PostgresServer,
  postgresStore,
  SERVICE,
  type StoreDatabase,
} from '../../../support/postgres-server.ts';
import { type Fate, WireProxy } from './wire-proxy.ts';

/** How late an answer may come, at most, on a machine that has much else to do. */
export const TOLERANCE_MS = 300;

export const clock = new SystemClock();
export const within = (ms: number): number => clock.monotonic() + ms;

/** A new store behind a new proxy for each test, on a server that all tests of a suite share. */
export class ProxiedStore {
  server!: PostgresServer;
  proxy!: WireProxy;
  store!: PostgresUserStore;
  /** The same records, past the proxy. */
  direct!: PostgresUserStore;
  #database!: PostgresDatabase;
  #directDatabase!: PostgresDatabase;
  #base!: StoreDatabase;

  /** To be called where tests are described. */
  static inSuite(): ProxiedStore {
    const fixture = new ProxiedStore();
    before(async () => {
      fixture.server = await PostgresServer.start({ fsync: 'off' });
      fixture.#base = await fixture.server.createStoreDatabase();
      fixture.#directDatabase = openDatabase(fixture.#base.url);
      fixture.direct = postgresStore(fixture.#directDatabase);
    });
    after(async () => {
      await fixture.#directDatabase?.close();
      await fixture.server?.stop();
    });
    beforeEach(async () => {
      fixture.proxy = await WireProxy.to(fixture.server.port);
      const url = fixture.server.url(fixture.#base.name, { role: SERVICE, port: fixture.proxy.port });
      fixture.#database = openDatabase(url, 4);
      fixture.store = postgresStore(fixture.#database);
    });
    afterEach(async () => {
      await fixture.#database?.close();
      await fixture.proxy?.close();
    });
    return fixture;
  }

  private constructor() {}

  /** Closes the store behind the proxy. */
  close(): Promise<void> {
    return this.#database.close();
  }

  /** A change that was not made yet, and how to see what became of it. */
  aCreation() {
    const user = aUser();
    const stream = organizationStream();
    const key = userKey(user.username);
    const change = aChange([create(key, user)], { events: [anEvent([stream])] });
    const applied = async () => {
      const [{ version }] = await this.direct.readMany([key], within(5000));
      const events = await this.direct.listEvents(stream, 0, 100, within(5000));
      expect(events.length, 'events of the change').to.equal(version);
      return version;
    };
    return { user, key, change, applied };
  }

  /** The first request of which this is true fares like this; the others pass. */
  once(isIt: (bytes: string) => boolean, fate: Fate): void {
    let isDone = false;
    this.proxy.fateOf = (bytes) => {
      if (isDone || !isIt(bytes)) return 'pass';
      isDone = true;
      return fate;
    };
  }

  /** Takes a lock on another connection. @returns what lets go of it, undoing the statement */
  async lock(statement: string): Promise<() => Promise<void>> {
    const client = new Client({ connectionString: this.#base.adminUrl });
    client.on('error', () => undefined);
    await client.connect();
    await client.query('BEGIN');
    await client.query(statement);
    return async () => {
      await client.query('ROLLBACK');
      await client.end();
    };
  }

  /** As the administrator, in the store's database. */
  async administer(statements: string): Promise<void> {
    await this.server.sql(statements, this.#base.name);
  }

  async sessionsInTransaction(): Promise<number> {
    const [row] = await this.server.sql(
      `SELECT count(*) AS count FROM pg_stat_activity WHERE usename = '${SERVICE}' AND xact_start IS NOT NULL`,
    );
    return Number(row?.['count']);
  }
}

/** What a promise came to, and how long that took. */
export async function outcomeOf(promise: Promise<unknown>): Promise<{ error: unknown; ms: number }> {
  const began = clock.monotonic();
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return { error, ms: clock.monotonic() - began };
}

export async function eventually(what: string, isSo: () => Promise<boolean> | boolean): Promise<void> {
  const deadline = within(5000);
  while (!(await isSo())) {
    if (clock.monotonic() > deadline) expect.fail(`never: ${what}`);
    await clock.sleep(5);
  }
}
