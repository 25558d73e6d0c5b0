import type { Deadline } from '../../../ports/clock.ts';
import type { Finding } from '../../../ports/diagnosis.ts';
import type { Migratable, Progress, Provisionable } from '../../../ports/maintenance.ts';
import { checkTable, provisionTable } from './dynamo-table.ts';
import type { DynamoOptions } from './dynamo-user-store.ts';
import { type MigrationSummary, migrateTable } from './migrate-table.ts';
import { findingOf } from './table-finding.ts';

/** Long enough for a throttled table; the next run repeats a step that takes longer. */
const STEP_TIMEOUT_MS = 10_000;

/** Provisions the table and migrates its legacy items. */
export class DynamoMaintenance implements Provisionable, Migratable {
  readonly #options: DynamoOptions;

  constructor(options: DynamoOptions) {
    this.#options = options;
  }

  /** @throws {TableMismatch | StoreUnavailable} */
  async provision(deadline: Deadline): Promise<readonly Finding[]> {
    // An unreachable endpoint fails after one step, not after the minutes that creating a table may take.
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
    ...summary.collisions.map((names) =>
      unresolved(`${names.join(', ')}: names differ only in case`, RESOLVE_COLLISION),
    ),
    ...summary.unreachable.map((name) => unresolved(`${name}: ${reasonUnreachable(name)}`, RENAME_INVALID)),
    ...summary.ownersWithoutUser.map((owner) =>
      unresolved(`${owner}: the user of this Owner does not exist`, CREATE_OWNER),
    ),
  ];
}

const RESOLVE_COLLISION =
  'rename or delete all but one of them manually, with their memberships, then run this command again';
const RENAME_INVALID =
  'no request can address this item: rename or delete it manually, then run this command again';
const CREATE_OWNER = 'create the user or delete the membership manually, then run this command again';

function reasonUnreachable(name: string): string {
  return name.startsWith('ORGMEMBERS#') ? 'membership of an invalid or ambiguous name' : 'invalid name';
}

function unresolved(what: string, advice: string): Finding {
  return { level: 'warning', what: `dynamodb: ${what}`, advice };
}
