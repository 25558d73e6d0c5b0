import { actingUsername } from '../../domain/access/acting-user.ts';
import { readableOrganization } from '../../domain/access/read-access.ts';
import type { AccountStatus } from '../../domain/account-status.ts';
import type { Caller } from '../../domain/caller.ts';
import type { DisplayText, Slug, Username } from '../../domain/names.ts';
import type { Organization } from '../../domain/organization.ts';
import { type NewOrganization, planCreateOrganization } from '../../domain/plans/create-organization.ts';
import { planDeleteOrganization } from '../../domain/plans/delete-organization.ts';
import { ownedOrganizationsIfFull } from '../../domain/plans/ownership.ts';
import { planSetOrganizationStatus } from '../../domain/plans/set-organization-status.ts';
import { planTransferOwnership } from '../../domain/plans/transfer-ownership.ts';
import { planUpdateOrganization } from '../../domain/plans/update-organization.ts';
import { membershipKey, organizationKey, userKey, type Versioned } from '../../domain/records.ts';
import { type AccountParts, changeContextOf } from './account-parts.ts';
import { type EventPage, type EventPageRequest, readEventPage } from './event-page.ts';
import { memberReadSet, organizationReadSet } from './read-sets.ts';

/**
 * Organizations. Users who are not members get `OrganizationNotFound`, whether the organization exists or not. Errors
 * common to all methods: see `AccountService`.
 */
export class Organizations {
  readonly #parts: AccountParts;

  constructor(parts: AccountParts) {
    this.#parts = parts;
  }

  /** Allowed for any user, who becomes the first Owner. @throws {OrganizationAlreadyExists | TooManyOrganizations} */
  async create(caller: Caller, newOrganization: NewOrganization): Promise<Versioned<Organization>> {
    const { records, ids, clock } = this.#parts;
    const actor = actingUsername(caller);
    const { organizationName } = newOrganization;
    const id = ids.organizationId();
    const context = changeContextOf(caller, clock);
    return records.changeWithFollowUp(
      {
        founder: userKey(actor),
        organization: organizationKey(organizationName),
        membership: membershipKey(organizationName, actor),
      },
      ({ founder }) => ({ ownedOrganizations: ownedOrganizationsIfFull(founder) }),
      (loaded) => planCreateOrganization(loaded, newOrganization, id, context),
    );
  }

  /** Allowed for its members and for services with the scope `read`. @throws {OrganizationNotFound | Forbidden} */
  async get(caller: Caller, organization: Slug): Promise<Versioned<Organization>> {
    const loaded = await this.#parts.records.read(organizationReadSet(caller, organization));
    return {
      record: readableOrganization(loaded, 'organization.read', caller),
      version: loaded.organization.version,
    };
  }

  /**
   * Changes the display name. Allowed for Owners, Admins, and services with the scope `admin`. Setting the current name
   * changes nothing.
   * @param ifVersion the version that the organization must have; `undefined` = any
   * @throws {OrganizationNotFound | OrganizationSuspended | Forbidden | VersionMismatch}
   */
  async update(
    caller: Caller,
    organization: Slug,
    displayName: DisplayText,
    ifVersion?: number,
  ): Promise<Versioned<Organization>> {
    const { records, clock } = this.#parts;
    const context = changeContextOf(caller, clock);
    return records.change(organizationReadSet(caller, organization), (loaded) =>
      planUpdateOrganization(loaded, displayName, ifVersion, context),
    );
  }

  /**
   * Allowed for Owners, unless the organization is suspended, and for services with the scope `admin`. All its memberships
   * end immediately.
   * @param ifVersion the version that the organization must have; `undefined` = any
   * @throws {OrganizationNotFound | OrganizationSuspended | Forbidden | VersionMismatch}
   */
  async delete(caller: Caller, organization: Slug, ifVersion?: number): Promise<void> {
    const { records, clock } = this.#parts;
    const context = changeContextOf(caller, clock);
    return records.change(organizationReadSet(caller, organization), (loaded) =>
      planDeleteOrganization(loaded, ifVersion, context),
    );
  }

  /** Allowed for services with the scope `admin`. @throws {OrganizationNotFound | Forbidden} */
  async suspend(caller: Caller, organization: Slug): Promise<Versioned<Organization>> {
    return this.#setStatus(caller, organization, 'suspended');
  }

  /** Allowed for services with the scope `admin`. @throws {OrganizationNotFound | Forbidden} */
  async resume(caller: Caller, organization: Slug): Promise<Versioned<Organization>> {
    return this.#setStatus(caller, organization, 'active');
  }

  /**
   * Allowed for an Owner, who becomes an Admin; another member becomes Owner.
   * @throws {OrganizationNotFound | OrganizationSuspended | Forbidden | MembershipNotFound | UserSuspended |
   *   TooManyOrganizations}
   * @throws {MembershipAlreadyExists} the member is already an Owner (it may be the caller)
   */
  async transferOwnership(
    caller: Caller,
    organization: Slug,
    to: Username,
  ): Promise<Versioned<Organization>> {
    const { records, clock } = this.#parts;
    const actor = actingUsername(caller);
    const context = changeContextOf(caller, clock);
    return records.changeWithFollowUp(
      {
        ...memberReadSet(caller, organization, to),
        caller: userKey(actor),
        callerMembership: membershipKey(organization, actor),
      },
      ({ user }) => ({ ownedOrganizations: ownedOrganizationsIfFull(user) }),
      (loaded) => planTransferOwnership(loaded, context),
    );
  }

  /** Allowed for its Owners and Admins, and for services with the scope `read`. @throws {OrganizationNotFound | Forbidden} */
  async listEvents(caller: Caller, organization: Slug, page: EventPageRequest): Promise<EventPage> {
    const loaded = await this.#parts.records.read(organizationReadSet(caller, organization));
    const { id } = readableOrganization(loaded, 'events.read', caller);
    return readEventPage(this.#parts, { kind: 'organization', id }, page);
  }

  #setStatus(caller: Caller, organization: Slug, status: AccountStatus): Promise<Versioned<Organization>> {
    const { records, clock } = this.#parts;
    const context = changeContextOf(caller, clock);
    return records.change(organizationReadSet(caller, organization), (loaded) =>
      planSetOrganizationStatus(loaded, status, context),
    );
  }
}
