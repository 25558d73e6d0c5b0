import fc from 'fast-check';
import type { Plan } from '../../src/domain/change.ts';
import { parseDisplayText, parseSlug, type Slug, type Username } from '../../src/domain/names.ts';
import { planAddMember } from '../../src/domain/plans/add-member.ts';
import { planChangeRole } from '../../src/domain/plans/change-role.ts';
import { planCreateOrganization } from '../../src/domain/plans/create-organization.ts';
import { planCreateUser } from '../../src/domain/plans/create-user.ts';
import { planRemoveMember } from '../../src/domain/plans/remove-member.ts';
import { membershipKey, organizationKey, userKey } from '../../src/domain/records.ts';
import { Refusal } from '../../src/domain/refusal.ts';
import { ROLES, type Role } from '../../src/domain/role.ts';
import { ACME, CARA, NOW, OLIVIA, TOM } from './builders.ts';
import { expectToApply, World } from './world.ts';

/** Something that a caller asks for. Not every kind of it looks at every field. */
export interface Command {
  readonly kind: 'createUser' | 'createOrganization' | 'add' | 'changeRole' | 'remove';
  readonly caller: Username;
  readonly organization: Slug;
  readonly username: Username;
  readonly role: Role;
  readonly ifVersion: number | undefined;
}

/** A command in which only some fields matter. */
export function commandOf(but: Partial<Command> & Pick<Command, 'kind' | 'caller'>): Command {
  return { organization: ACME, username: but.caller, role: 'Member', ifVersion: undefined, ...but };
}

/** Something that happens to a world by hand, since no plan does it yet. */
interface Fate {
  readonly kind: 'deleteUser' | 'deleteOrganization' | 'suspendOrResumeUser';
  readonly organization: Slug;
  readonly username: Username;
}

const USERNAMES = [CARA, TOM, OLIVIA];
const ORGANIZATIONS = [ACME, parseSlug('beta')];
const usernames = fc.constantFrom(...USERNAMES);
const organizations = fc.constantFrom(...ORGANIZATIONS);

/** All commands, each once: what a kind of command does not look at does not vary. */
export const allCommands: readonly Command[] = USERNAMES.flatMap((caller) => [
  commandOf({ kind: 'createUser', caller }),
  ...ORGANIZATIONS.flatMap((organization) => [
    commandOf({ kind: 'createOrganization', caller, organization }),
    ...USERNAMES.flatMap((username) => [
      commandOf({ kind: 'remove', caller, organization, username }),
      ...ROLES.map((role) => commandOf({ kind: 'add', caller, organization, username, role })),
      ...ROLES.map((role) => commandOf({ kind: 'changeRole', caller, organization, username, role })),
    ]),
  ]),
]);

const commands: fc.Arbitrary<Command> = fc.record({
  kind: fc.constantFrom<Command['kind'][]>(
    ...(['createUser', 'createOrganization', 'add', 'add', 'add', 'changeRole', 'changeRole'] as const),
    ...(['changeRole', 'remove', 'remove'] as const),
  ),
  caller: usernames,
  organization: organizations,
  username: usernames,
  role: fc.constantFrom('Owner', ...ROLES),
  ifVersion: fc.option(fc.integer({ min: 0, max: 9 }), { nil: undefined, freq: 10 }),
});

const fates: fc.Arbitrary<Fate> = fc.record({
  kind: fc.constantFrom<Fate['kind'][]>('deleteUser', 'deleteOrganization', 'suspendOrResumeUser'),
  organization: organizations,
  username: usernames,
});

/** The plan for a command, from what the world knows now. `id` is given to what it creates. */
export function planOf(world: World, command: Command, id: string): Plan<unknown> {
  const { kind, caller, organization, username, role, ifVersion } = command;
  const context = { actor: { type: 'user' as const, name: caller }, at: NOW };
  const known = {
    caller: world.know(userKey(caller)),
    organization: world.know(organizationKey(organization)),
    callerMembership: world.know(membershipKey(organization, caller)),
    user: world.know(userKey(username)),
    membership: world.know(membershipKey(organization, username)),
  };
  const text = parseDisplayText('Some Name');
  switch (kind) {
    case 'createUser':
      return planCreateUser(
        { caller: undefined, user: known.user, email: undefined },
        { username, firstName: text, lastName: text },
        `user_${id}`,
        context,
      );
    case 'createOrganization':
      return planCreateOrganization(
        { founder: known.caller, organization: known.organization, membership: known.callerMembership },
        { organizationName: organization, displayName: text },
        `org_${id}`,
        context,
      );
    case 'add':
      return planAddMember(known, role, context);
    case 'changeRole':
      return planChangeRole(known, role, ifVersion, context);
    case 'remove':
      return planRemoveMember(known, ifVersion, context);
  }
}

/** Deletion as the rules of the data have it: no memberships are written; where it is not allowed, nothing happens. */
function suffer(world: World, { kind, organization, username }: Fate): void {
  const user = world.know(userKey(username));
  const acme = world.know(organizationKey(organization));
  if (kind === 'deleteOrganization') {
    if (acme.record !== undefined) world.overwrite(acme, undefined);
    return;
  }
  if (user.record === undefined) return;
  if (kind === 'suspendOrResumeUser') {
    const status = user.record.status === 'active' ? 'suspended' : 'active';
    world.overwrite(user, { ...user.record, status });
    return;
  }
  const owned = user.record.ownerOf.flatMap(({ name, id }) => {
    const known = world.know(organizationKey(name));
    return known.record?.id === id ? [{ known, record: known.record }] : [];
  });
  if (owned.some(({ record }) => record.owners.length === 1)) return;
  for (const { known, record } of owned) {
    world.overwrite(known, { ...record, owners: record.owners.filter((owner) => owner !== username) });
  }
  world.overwrite(user, undefined);
}

export type Step =
  | { readonly does: 'command'; readonly command: Command }
  | { readonly does: 'suffer'; readonly fate: Fate };

export const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    { arbitrary: commands.map((command): Step => ({ does: 'command', command })), weight: 9 },
    { arbitrary: fates.map((fate): Step => ({ does: 'suffer', fate })), weight: 1 },
  ),
  { minLength: 20, maxLength: 40, size: 'max' },
);

/** A plan, or the code of the refusal. Anything else that is thrown is a fault of the domain. */
export function decide(world: World, command: Command, id: string): Plan<unknown> | string {
  try {
    return planOf(world, command, id);
  } catch (error) {
    if (error instanceof Refusal) return error.code;
    throw error;
  }
}

/** A world in which all users live, and then whatever the walk brings; tells how each step came out. */
export function worldAfter(
  walk: readonly Step[],
  afterEach: (world: World, outcome: string) => void = () => {},
): World {
  const world = new World();
  for (const username of USERNAMES) {
    expectToApply(world, planOf(world, commandOf({ kind: 'createUser', caller: username }), username));
  }
  walk.forEach((step, i) => {
    afterEach(world, outcomeOf(world, step, `${i}`));
  });
  return world;
}

function outcomeOf(world: World, step: Step, id: string): string {
  if (step.does === 'suffer') {
    suffer(world, step.fate);
    return step.fate.kind;
  }
  const decided = decide(world, step.command, id);
  if (typeof decided === 'string') return decided;
  expectToApply(world, decided);
  return decided.change?.events[0]?.type ?? 'nothing';
}
