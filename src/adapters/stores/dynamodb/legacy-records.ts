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
import type { UserStore } from '../../../ports/user-store.ts';
import type { DynamoReads } from './dynamo-reads.ts';
import type { DynamoRequests } from './dynamo-requests.ts';
import { legacyId } from './items.ts';
import type { LegacyNames } from './legacy-names.ts';
import { findOwners } from './legacy-owners.ts';

/** What the migration of a record needs. */
export interface LegacyTools {
  readonly store: Pick<UserStore, 'readMany' | 'commit'>;
  readonly requests: DynamoRequests;
  readonly reads: DynamoReads;
  readonly names: LegacyNames;
  readonly clock: Clock;
  /** The deadline of a step that begins now. */
  soon(): Deadline;
}

/**
 * Completes records of the tutorial through the store's own reads and commits: what is read is complete, and a commit on
 * condition of what was read writes it so, mirrors included. Each returns how many records it wrote.
 */
export class LegacyRecords {
  readonly #tools: LegacyTools;

  constructor(tools: LegacyTools) {
    this.#tools = tools;
  }

  /** Writes a record as it reads, as version 1. */
  complete(key: RecordKey): Promise<number> {
    return this.#commit(async (deadline) => {
      const [loaded] = await this.#tools.store.readMany([key], deadline);
      if (loaded.record === undefined || loaded.version > 0) return [];
      return [put(loaded, loaded.record)];
    });
  }

  /**
   * Completes an organization with all its Owners, and the Owners with it.
   * @param orphaned is told of Owners whose user does not exist
   */
  async completeOrganization(name: Slug, orphaned: (owner: Username) => void): Promise<number> {
    const key = organizationKey(name);
    let written = await this.#commit(async (deadline) => {
      const [loaded] = await this.#tools.store.readMany([key], deadline);
      if (loaded.record === undefined || loaded.version > 0) return [];
      const { foundingUser } = loaded.record;
      const founder = await this.#tools.names.username(foundingUser, deadline);
      return [put(loaded, { ...loaded.record, foundingUser: founder ?? foundingUser })];
    });
    const [{ record }] = await this.#tools.store.readMany([key], this.#tools.soon());
    // What the service founded has had both sides from the start.
    if (record?.id !== legacyId(name)) return written;
    for (const owner of await findOwners(this.#tools.reads, name, this.#tools.soon())) {
      written += await this.#completeOwner(name, owner, orphaned);
    }
    return written;
  }

  async #completeOwner(name: Slug, username: Username, orphaned: (owner: Username) => void): Promise<number> {
    const keys = [organizationKey(name), userKey(username), membershipKey(name, username)] as const;
    return this.#commit(async (deadline) => {
      const [ofOrganization, ofUser, ofMembership] = await this.#tools.store.readMany(keys, deadline);
      const { record: organization } = ofOrganization;
      const { record: user } = ofUser;
      const { record: membership } = ofMembership;
      if (user === undefined) orphaned(username);
      if (organization === undefined || user === undefined) return [];
      if (!belongs(membership, user, organization) || membership.role !== 'Owner') return [];
      const writes: Write[] = [];
      const complete: Loaded[] = [ofMembership];
      if (organization.owners.includes(username)) complete.push(ofOrganization);
      else writes.push(put(ofOrganization, withOwner(organization, username)));
      if (user.ownerOf.some(({ id }) => id === organization.id)) complete.push(ofUser);
      else writes.push(put(ofUser, owning(user, organization)));
      return { writes, conditions: complete.map(({ key, version }) => ({ key, version })) };
    });
  }

  /** Commits what `plan` comes to, planning again where something has moved. */
  async #commit(
    plan: (deadline: Deadline) => Promise<readonly Write[] | Pick<Change, 'writes' | 'conditions'>>,
  ): Promise<number> {
    const { store, requests, clock, soon } = this.#tools;
    const deadline = soon();
    for (let attempt = 0; ; attempt += 1) {
      const planned = await plan(deadline);
      const { writes, conditions } =
        'writes' in planned ? planned : { writes: planned, conditions: [] as const };
      if (writes.length === 0) return 0;
      try {
        // No events: nothing has changed but how it is stored.
        await store.commit(
          { at: new Date(clock.now()).toISOString(), writes, conditions, events: [] },
          deadline,
        );
        return writes.length;
      } catch (error) {
        if (!(error instanceof Conflict) || !(await requests.pause(attempt, deadline))) throw error;
      }
    }
  }
}

function withOwner(organization: Organization, username: Username): Organization {
  return { ...organization, owners: [...organization.owners, username] };
}

function owning(user: User, { organizationName: name, id }: Organization): User {
  return { ...user, ownerOf: [...user.ownerOf, { name, id }] };
}
