import type { Deadline } from '../../../ports/clock.ts';
import type { Finding } from '../../../ports/diagnosis.ts';
import type { Migratable, Progress, Provisionable } from '../../../ports/maintenance.ts';
import { checkTable, provisionTable } from './dynamo-table.ts';
import type { DynamoOptions } from './dynamo-user-store.ts';
import { type MigrationSummary, migrateTable } from './migrate.ts';
import { findingOf } from './table-finding.ts';

/** Long enough for a throttled table; a step that takes longer is tried again by the next run. */
const STEP_TIMEOUT_MS = 10_000;

/** Sets up the table, and completes what the tutorial wrote into it. */
export class DynamoMaintenance implements Provisionable, Migratable {
  readonly #options: DynamoOptions;

  constructor(options: DynamoOptions) {
    this.#options = options;
  }

  /** @throws {TableMismatch | StoreUnavailable} */
  async provision(deadline: Deadline): Promise<readonly Finding[]> {
    // Nobody waits minutes for an endpoint that cannot be reached.
    await checkTable(this.#options, Math.min(deadline, this.#options.clock.monotonic() + STEP_TIMEOUT_MS));
    return (await provisionTable(this.#options, deadline)).map(findingOf);
  }

  async migrate(onProgress: Progress): Promise<readonly Finding[]> {
    const options = { ...this.#options, stepTimeoutMs: STEP_TIMEOUT_MS, onProgress };
    return findingsOf(await migrateTable(options));
  }
}

function findingsOf(summary: MigrationSummary): Finding[] {
  return [
    { level: 'ok', what: `dynamodb: ${summary.completed} records completed, ${summary.renamed} renamed` },
    ...summary.collisions.map((names) => left(`${names.join(', ')}: differ only in case`, CHOOSE)),
    ...summary.unreachable.map((name) => left(`${name}: no name that the service knows`, RENAME)),
    ...summary.ownersWithoutUser.map((owner) => left(`${owner}: an Owner who is not a user`, REGISTER)),
  ];
}

const CHOOSE = 'rename or delete all but one of them by hand, with what belongs to it, and run this again';
const RENAME = 'nobody can ask for it; rename or delete it by hand, and run this again';
const REGISTER = 'create that user, or delete the membership by hand, and run this again';

function left(what: string, advice: string): Finding {
  return { level: 'warning', what: `dynamodb: ${what}`, advice };
}
