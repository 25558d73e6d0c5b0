import { UuidIds } from '../../src/adapters/system/uuid-ids.ts';
import { AccountService } from '../../src/app/account-service.ts';
import { PermittedStore } from '../../src/app/freshness/epochs/permitted-store.ts';
import type { Caller, Scope } from '../../src/domain/caller.ts';
import { DomainError } from '../../src/domain/domain-error.ts';
import { type EmailAddress, parseDisplayText, parseSlug, parseUsername } from '../../src/domain/names.ts';
import type { Role } from '../../src/domain/role.ts';
import { freshInstance, freshStack, SETTINGS } from './fresh-stack.ts';

type Stack = ReturnType<typeof freshStack>;

/** The application on memory adapters with a manual clock and scripted failures. */
export function accountStack() {
  const stack = freshStack();
  return { ...stack, service: serviceOn(stack), another: () => accountInstance(stack) };
}

/** The same with organizations and their members. The first member creates the organization and must be an Owner. */
export async function accountStackWith(
  organizations: Readonly<Record<string, Readonly<Record<string, Role>>>>,
  otherUsers: readonly string[] = [],
) {
  const stack = accountStack();
  const driver = serviceDriver(stack.service);
  const members = Object.values(organizations).flatMap((roles) => Object.keys(roles));
  for (const username of new Set([...members, ...otherUsers])) await driver.createUser(username);
  for (const [organization, roles] of Object.entries(organizations)) {
    const [[creator] = [''], ...others] = Object.entries(roles);
    await driver.createOrganization(creator, organization);
    for (const [username, role] of others) await driver.add(creator, organization, username, role);
  }
  return { ...stack, ...stack.service, driver };
}

/** Another instance with the same store and cache. */
function accountInstance(stack: Stack) {
  const instance = { ...stack, ...freshInstance(stack) };
  return { ...instance, service: serviceOn(instance) };
}

function serviceOn({ records, store, keeper, clock }: Stack): AccountService {
  return new AccountService({
    records,
    store: new PermittedStore(store, keeper),
    clock,
    ids: new UuidIds(),
    storeTimeoutMs: SETTINGS.storeTimeoutMs,
  });
}

export const anonymous: Caller = { type: 'anonymous' };
export const user = (username: string) => ({ type: 'user', username: parseUsername(username) }) as const;
/** The service "billing" with one scope. */
export const billing = (scope: Scope, onBehalfOf?: string): Caller => ({
  type: 'service',
  name: 'billing',
  scopes: [scope],
  ...(onBehalfOf === undefined ? {} : { onBehalfOf: parseUsername(onBehalfOf) }),
});
export const admin = billing('admin');

/** Common calls of the service, with plain text for names. */
export function serviceDriver(service: AccountService) {
  return {
    createUser: (username: string, email?: EmailAddress) =>
      service.users.create(anonymous, {
        username: parseUsername(username),
        firstName: parseDisplayText('Given'),
        lastName: parseDisplayText('Family'),
        email,
      }),
    createOrganization: (creator: string, organization: string) =>
      service.organizations.create(user(creator), {
        organizationName: parseSlug(organization),
        displayName: parseDisplayText(organization),
      }),
    add: (by: string, organization: string, username: string, role: Role) =>
      service.memberships.add(user(by), parseSlug(organization), parseUsername(username), role),
    /** The result of one check: the role, or the reason for the denial. */
    check: async (organization: string, username: string, caller: Caller = billing('read')) => {
      const request = { organization: parseSlug(organization), username: parseUsername(username) };
      const [result] = await service.checks.check(caller, [request]);
      return result?.allowed ? result.role : result?.reason;
    },
  };
}

/** The error code that a call is rejected with. */
export async function errorCodeOf(call: Promise<unknown>): Promise<string> {
  try {
    await call;
  } catch (error) {
    if (error instanceof DomainError) return error.code;
    throw error;
  }
  throw new Error('the call was expected to be rejected');
}
