import type { Clock, Deadline } from '../../../ports/clock.ts';
import type { Finding } from '../../../ports/diagnosis.ts';
import type { Provisionable } from '../../../ports/maintenance.ts';
import type { PostgresDatabase } from './database/postgres-database.ts';
import { checkSchema, provisionSchema } from './schema/schema.ts';
import { findingOf } from './schema/schema-finding.ts';

/** An unreachable server is reported after this time, although provisioning itself may take minutes. */
const REACH_TIMEOUT_MS = 10_000;

/** Creates and upgrades the schema. */
export class PostgresMaintenance implements Provisionable {
  readonly #database: PostgresDatabase;
  readonly #clock: Clock;

  constructor(database: PostgresDatabase, clock: Clock) {
    this.#database = database;
    this.#clock = clock;
  }

  /** @throws {SchemaMismatch | UnfitServer | StoreUnavailable} */
  async provision(deadline: Deadline): Promise<readonly Finding[]> {
    await checkSchema(this.#database, Math.min(deadline, this.#clock.monotonic() + REACH_TIMEOUT_MS));
    return (await provisionSchema(this.#database, deadline)).map(findingOf);
  }
}
