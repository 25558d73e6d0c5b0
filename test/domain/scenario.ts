import type { AccountStatus } from '../../src/domain/account-status.ts';
import type { Membership } from '../../src/domain/membership.ts';
import { parseSlug, type Username } from '../../src/domain/names.ts';
import type { Organization } from '../../src/domain/organization.ts';
import type { TransferContext } from '../../src/domain/plans/transfer-ownership.ts';
import {
  type Loaded,
  membershipKey,
  organizationKey,
  type RecordKey,
  userKey,
} from '../../src/domain/records.ts';
import type { Role } from '../../src/domain/role.ts';
import type { User } from '../../src/domain/user.ts';
import { ACME, absent, CARA, membershipOf, OLIVIA, organizationAcme, TOM, userNamed } from './builders.ts';

type RecordStatus = AccountStatus | 'absent';
/** The role of a valid membership, or no membership, or the one of a deleted namesake. */
type MembershipState = Role | 'none' | 'of an earlier user' | 'in an earlier organization';

/** "cara" requests something about "tom" in "acme", of which "olivia" is an Owner too. */
export interface Scenario {
  readonly callerRole?: MembershipState;
  readonly callerStatus?: RecordStatus;
  readonly organizationStatus?: RecordStatus;
  readonly targetRole?: MembershipState;
  readonly targetStatus?: RecordStatus;
  /** Owners besides the caller and the target. */
  readonly otherOwners?: readonly Username[];
  /** The number of other organizations that the target or the caller owns. */
  readonly targetOwnedCount?: number;
  readonly callerOwnedCount?: number;
  /** How many of those of the target have been deleted. */
  readonly targetDeletedCount?: number;
}

/** A scenario, and the version that the request requires. */
export type VersionedScenario = Scenario & { readonly ifVersion?: number };

/** The records loaded for a request: at versions 11 to 15 if they exist, otherwise at version 0. */
export function recordsFor({
  callerRole = 'Owner',
  callerStatus = 'active',
  organizationStatus = 'active',
  targetRole = 'Member',
  targetStatus = 'active',
  otherOwners = [OLIVIA],
  targetOwnedCount = 0,
  callerOwnedCount = 0,
  targetDeletedCount = 0,
}: Scenario = {}): TransferContext {
  const owners = [
    ...otherOwners,
    ...(callerRole === 'Owner' ? [CARA] : []),
    ...(targetRole === 'Owner' ? [TOM] : []),
  ];
  const organization = organizationAcme({ owners, status: statusOf(organizationStatus) });
  const cara = userNamed(CARA, {
    status: statusOf(callerStatus),
    ownerOf: ownedBy(callerRole, callerOwnedCount),
  });
  const tom = userNamed(TOM, {
    status: statusOf(targetStatus),
    ownerOf: ownedBy(targetRole, targetOwnedCount),
  });
  const acme = organizationStatus === 'absent' ? undefined : organization;
  return {
    caller: loaded(userKey(CARA), 11, callerStatus === 'absent' ? undefined : cara),
    organization: loaded(organizationKey(ACME), 12, acme),
    callerMembership: loaded(membershipKey(ACME, CARA), 13, membershipIn(callerRole, cara, organization)),
    user: loaded(userKey(TOM), 14, targetStatus === 'absent' ? undefined : tom),
    membership: loaded(membershipKey(ACME, TOM), 15, membershipIn(targetRole, tom, organization)),
    ownedOrganizations: ownedOrganizationsOf(tom, targetDeletedCount),
  };
}

/** A scenario in which "cara" requests something about herself. */
export type SelfScenario = Omit<
  VersionedScenario,
  'targetRole' | 'targetStatus' | 'targetOwnedCount' | 'targetDeletedCount'
>;

export function recordsForSelf(scenario: SelfScenario = {}): TransferContext {
  const records = recordsFor({ ...scenario, targetRole: 'none' });
  return { ...records, user: records.caller, membership: records.callerMembership };
}

/** The organizations that a user owns. The first ones are deleted. */
export function ownedOrganizationsOf(
  { ownerOf, username }: User,
  deletedCount = 0,
): TransferContext['ownedOrganizations'] {
  return ownerOf.map(({ name, id }, i) => {
    const record = organizationAcme({ id, organizationName: name, owners: [username, OLIVIA] });
    return i < deletedCount ? absent(organizationKey(name), 22) : loaded(organizationKey(name), 21, record);
  });
}

function loaded<Key extends RecordKey>(
  key: Key,
  version: number,
  record: Loaded<Key>['record'],
): Loaded<Key> {
  return record === undefined ? absent(key) : { key, version, record };
}

function statusOf(status: RecordStatus): AccountStatus {
  return status === 'suspended' ? 'suspended' : 'active';
}

function ownedBy(state: MembershipState, others: number): User['ownerOf'] {
  const elsewhere = Array.from({ length: others }, (_, i) => ({
    name: parseSlug(`other-${i}`),
    id: `org_other-${i}`,
  }));
  return state === 'Owner' ? [...elsewhere, { name: ACME, id: 'org_acme' }] : elsewhere;
}

function membershipIn(
  state: MembershipState,
  user: User,
  organization: Organization,
): Membership | undefined {
  switch (state) {
    case 'none':
      return undefined;
    case 'of an earlier user':
      return { ...membershipOf(user, organization, 'Owner'), userId: 'user_earlier' };
    case 'in an earlier organization':
      return { ...membershipOf(user, organization, 'Owner'), organizationId: 'org_earlier' };
    default:
      return membershipOf(user, organization, state);
  }
}
