import { PutCommand } from '@aws-sdk/lib-dynamodb';
import type { Change } from '../../../domain/change.ts';
import type { Deadline } from '../../../ports/clock.ts';
import { StoreNotProvisioned } from '../../../ports/errors.ts';
import type { DynamoReads } from './dynamo-reads.ts';
import type { DynamoRequests } from './dynamo-requests.ts';
import { legacyId } from './items.ts';
import { addressOf, MIGRATION_ADDRESS } from './keys.ts';

/** Notes in the table that all that the tutorial wrote has been completed. */
export async function noteMigration(
  requests: DynamoRequests,
  TableName: string,
  deadline: Deadline,
): Promise<void> {
  const command = new PutCommand({ TableName, Item: { ...MIGRATION_ADDRESS, isComplete: true } });
  // The same whoever writes it, however often.
  await requests.read(deadline, (client, options) => client.send(command, options));
}

/**
 * What a user of the tutorial owns stands in the memberships alone until the migration has been there, so until then such
 * a user cannot be deleted: an organization could be left without an Owner.
 */
export class LegacyDeletions {
  readonly #reads: DynamoReads;
  #isMigrated = false;

  constructor(reads: DynamoReads) {
    this.#reads = reads;
  }

  /** @throws {StoreNotProvisioned} the change deletes a user whose organizations nobody knows yet */
  async check({ writes }: Change, deadline: Deadline): Promise<void> {
    for (const { key, record } of writes) {
      if (key.kind !== 'user' || record !== undefined || this.#isMigrated) continue;
      // A user's id stays, so what is read now is true of whatever the change meets.
      const user = await this.#reads.one(addressOf(key), deadline);
      const isLegacy =
        user !== undefined &&
        user.deletedAt === undefined &&
        (user['id'] ?? legacyId(key.username)) === legacyId(key.username);
      if (!isLegacy) continue;
      this.#isMigrated = (await this.#reads.one(MIGRATION_ADDRESS, deadline)) !== undefined;
      if (this.#isMigrated) return;
      throw new StoreNotProvisioned(
        'What this user owns is not known before the table is completed: run `rollcall migrate`.',
      );
    }
  }
}
