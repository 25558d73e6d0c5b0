import { PutCommand } from '@aws-sdk/lib-dynamodb';
import type { Change } from '../../../domain/change.ts';
import type { Deadline } from '../../../ports/clock.ts';
import { StoreNotProvisioned } from '../../../ports/errors.ts';
import type { DynamoReads } from './dynamo-reads.ts';
import type { DynamoRequests } from './dynamo-requests.ts';
import { legacyId } from './items.ts';
import { addressOf, MIGRATION_ADDRESS } from './keys.ts';

/** Records in the table that all its legacy items have been migrated. */
export async function markMigrated(
  requests: DynamoRequests,
  TableName: string,
  deadline: Deadline,
): Promise<void> {
  const command = new PutCommand({ TableName, Item: { ...MIGRATION_ADDRESS, isComplete: true } });
  // An unconditional write is enough: every migration writes the same item.
  await requests.read(deadline, (client, options) => client.send(command, options));
}

/**
 * Rejects the deletion of legacy users before the migration. Until then only their memberships record which
 * organizations they own, so the deletion could leave an organization without an Owner.
 */
export class LegacyDeletionGuard {
  readonly #reads: DynamoReads;
  #isMigrated = false;

  constructor(reads: DynamoReads) {
    this.#reads = reads;
  }

  /** @throws {StoreNotProvisioned} the change deletes a legacy user before the migration */
  async check({ writes }: Change, deadline: Deadline): Promise<void> {
    for (const { key, record } of writes) {
      if (key.kind !== 'user' || record !== undefined || this.#isMigrated) continue;
      // A user's id never changes, so the result of this read is still valid when the change is committed.
      const user = await this.#reads.get(addressOf(key), deadline);
      const isLegacy =
        user !== undefined &&
        user.deletedAt === undefined &&
        (user['id'] ?? legacyId(key.username)) === legacyId(key.username);
      if (!isLegacy) continue;
      this.#isMigrated = (await this.#reads.get(MIGRATION_ADDRESS, deadline)) !== undefined;
      if (this.#isMigrated) return;
      throw new StoreNotProvisioned(
        'this user cannot be deleted before the table is migrated, because the organizations they own are not recorded yet: run `rollcall migrate`',
      );
    }
  }
}
