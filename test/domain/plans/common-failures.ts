import type { Failure } from '../failures.ts';
import type { VersionedScenario } from '../scenario.ts';

type Failures = readonly Failure<VersionedScenario>[];

const callerFailures: Failures = [
  { code: 'unauthenticated', cause: 'the caller was deleted', scenario: { callerStatus: 'absent' } },
  { code: 'unauthenticated', cause: 'the caller is suspended', scenario: { callerStatus: 'suspended' } },
];

export const organizationMissing: Failures = [
  {
    code: 'organization_not_found',
    cause: 'the organization does not exist',
    scenario: { organizationStatus: 'absent' },
  },
];

export const organizationSuspended: Failures = [
  {
    code: 'organization_suspended',
    cause: 'the organization is suspended',
    scenario: { organizationStatus: 'suspended' },
  },
];

/** For a caller who must be an active member of an active organization. */
export const memberFailures: Failures = [
  ...callerFailures,
  ...organizationMissing,
  { code: 'organization_not_found', cause: 'the caller is an outsider', scenario: { callerRole: 'none' } },
  ...organizationSuspended,
];

export const callerIsAdmin: Failures = [
  { code: 'forbidden', cause: 'the caller is an Admin', scenario: { callerRole: 'Admin' } },
];

export const callerIsMember: Failures = [
  { code: 'forbidden', cause: 'the caller is a Member', scenario: { callerRole: 'Member' } },
];

/** For a target that must be a member. */
export const targetFailures: Failures = [
  { code: 'membership_not_found', cause: 'the user does not exist', scenario: { targetStatus: 'absent' } },
  { code: 'membership_not_found', cause: 'the user is not a member', scenario: { targetRole: 'none' } },
  {
    code: 'membership_not_found',
    cause: 'the membership belongs to an earlier user of that name',
    scenario: { targetRole: 'of an earlier user' },
  },
  {
    code: 'membership_not_found',
    cause: 'the membership belongs to an earlier organization of that name',
    scenario: { targetRole: 'in an earlier organization' },
  },
];

export const targetSuspended: Failures = [
  { code: 'user_suspended', cause: 'the user is suspended', scenario: { targetStatus: 'suspended' } },
];

export const targetOwns25: Failures = [
  {
    code: 'too_many_organizations',
    cause: 'the user owns 25 organizations',
    scenario: { targetOwnedCount: 25 },
  },
];

/** @param ifVersion not the version of the resource */
export const versionMismatch = (resource: string, ifVersion: number): Failures => [
  { code: 'version_mismatch', cause: `the ${resource} has another version`, scenario: { ifVersion } },
];
