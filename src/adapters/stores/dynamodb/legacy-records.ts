import { type Change, put, type Write } from '../../../domain/change.ts';
import { belongs } from '../../../domain/membership.ts';
import type { Slug, Username } from '../../../domain/names.ts';
import type { Organization } from '../../../domain/organization.ts';
import {
  type Loaded,
  membershipKey,
  organizationKey,
  type RecordKey,
  userKey,
} from '../../../domain/records.ts';
import type { User } from '../../../domain/user.ts';
import type { Clock, Deadline } from '../../../ports/clock.ts';
import { Conflict } from '../../../ports/errors.ts';
import type { Committer, RecordReader } from '../../../ports/user-store.ts';
import type { DynamoReads } from './dynamo-reads.ts';
import type { DynamoRequests } from './dynamo-requests.ts';
import { legacyId } from './items.ts';
import type { LegacyNames } from './legacy-names.ts';
import { findOwners } from './legacy-owners.ts';

export interface MigrationContext {
  readonly store: RecordReader & Committer;
  readonly requests: DynamoRequests;
  readonly reads: DynamoReads;
  readonly names: LegacyNames;
  readonly clock: Clock;
  /** The deadline of a step that starts now. */
  stepDeadline(): Deadline;
}

/**
 * Completes legacy records through the store's own reads and commits: a read returns the completed record, and a commit
 * that is conditional on that read writes it back, mirrors included. Each method returns the number of records written.
 */
export class LegacyRecords {
  readonly #context: MigrationContext;

  constructor(context: MigrationContext) {
    this.#context = context;
  }

  /** Writes the completed record as version 1. */
  complete(key: RecordKey): Promise<number> {
    return this.#commit(async (deadline) => {
      const [loaded] = await this.#context.store.readMany([key], deadline);
      if (loaded.record === undefined || loaded.version > 0) return [];
      return [put(loaded, loaded.record)];
    });
  }

  /**
   * Completes an organization's list of owners, and the owners' lists of organizations.
   * @param onOrphanedOwner called for each Owner whose user does not exist
   */
  async completeOrganization(name: Slug, onOrphanedOwner: (owner: Username) => void): Promise<number> {
    const key = organizationKey(name);
    let written = await this.#commit(async (deadline) => {
      const [loaded] = await this.#context.store.readMany([key], deadline);
      if (loaded.record === undefined || loaded.version > 0) return [];
      const { foundingUser } = loaded.record;
      const founder = await this.#context.names.username(foundingUser, deadline);
      return [put(loaded, { ...loaded.record, foundingUser: founder ?? foundingUser })];
    });
    const [{ record }] = await this.#context.store.readMany([key], this.#context.stepDeadline());
    // Organizations created by the service itself are complete.
    if (record?.id !== legacyId(name)) return written;
    for (const owner of await findOwners(this.#context.reads, name, this.#context.stepDeadline())) {
      written += await this.#completeOwner(name, owner, onOrphanedOwner);
    }
    return written;
  }

  async #completeOwner(
    name: Slug,
    username: Username,
    onOrphanedOwner: (owner: Username) => void,
  ): Promise<number> {
    const keys = [organizationKey(name), userKey(username), membershipKey(name, username)] as const;
    return this.#commit(async (deadline) => {
      const [loadedOrganization, loadedUser, loadedMembership] = await this.#context.store.readMany(
        keys,
        deadline,
      );
      const { record: organization } = loadedOrganization;
      const { record: user } = loadedUser;
      const { record: membership } = loadedMembership;
      if (user === undefined) onOrphanedOwner(username);
      if (organization === undefined || user === undefined) return [];
      if (!belongs(membership, user, organization) || membership.role !== 'Owner') return [];
      const writes: Write[] = [];
      const unchanged: Loaded[] = [loadedMembership];
      if (organization.owners.includes(username)) unchanged.push(loadedOrganization);
      else writes.push(put(loadedOrganization, withOwner(organization, username)));
      if (user.ownerOf.some(({ id }) => id === organization.id)) unchanged.push(loadedUser);
      else writes.push(put(loadedUser, withOwnedOrganization(user, organization)));
      return { writes, conditions: unchanged.map(({ key, version }) => ({ key, version })) };
    });
  }

  /** Commits the planned writes; on a conflict, plans and commits again. */
  async #commit(
    plan: (deadline: Deadline) => Promise<readonly Write[] | Pick<Change, 'writes' | 'conditions'>>,
  ): Promise<number> {
    const { store, requests, clock, stepDeadline } = this.#context;
    const deadline = stepDeadline();
    for (let attempt = 0; ; attempt += 1) {
      const planned = await plan(deadline);
      const { writes, conditions } =
        'writes' in planned ? planned : { writes: planned, conditions: [] as const };
      if (writes.length === 0) return 0;
      try {
        // No events: only the stored form changes.
        await store.commit(
          { at: new Date(clock.now()).toISOString(), writes, conditions, events: [] },
          deadline,
        );
        return writes.length;
      } catch (error) {
        if (!(error instanceof Conflict) || !(await requests.backOff(attempt, deadline))) throw error;
      }
    }
  }
}

function withOwner(organization: Organization, username: Username): Organization {
  return { ...organization, owners: [...organization.owners, username] };
}

function withOwnedOrganization(user: User, { organizationName: name, id }: Organization): User {
  return { ...user, ownerOf: [...user.ownerOf, { name, id }] };
}
