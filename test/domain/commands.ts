import fc from 'fast-check';
import type { Plan } from '../../src/domain/change.ts';
import { DomainError } from '../../src/domain/domain-error.ts';
import {
  type EmailAddress,
  parseEmail,
  parseSlug,
  type Slug,
  type Username,
} from '../../src/domain/names.ts';
import { ROLES, type Role } from '../../src/domain/role.ts';
import { ACME, CARA, OLIVIA, TOM } from './builders.ts';
import { planOf } from './plan-of.ts';
import { expectToApply, World } from './world.ts';

/** A request. Each kind uses only some of the fields. */
export interface Command {
  readonly kind:
    | ('createUser' | 'updateUser' | 'deleteUser' | 'suspendUser' | 'resumeUser')
    | ('createOrganization' | 'updateOrganization' | 'deleteOrganization')
    | ('suspendOrganization' | 'resumeOrganization' | 'transferOwnership')
    | ('add' | 'changeRole' | 'remove');
  /** The calling user, or the one a service acts for. */
  readonly caller: Username;
  readonly as: 'user' | 'service for the user' | 'admin service';
  readonly organization: Slug;
  readonly username: Username;
  readonly role: Role;
  readonly email: EmailAddress | null;
  readonly ifVersion: number | undefined;
}

/** A command with defaults for the fields that do not matter. */
export function commandOf(over: Partial<Command> & Pick<Command, 'kind' | 'caller'>): Command {
  return {
    as: 'user',
    organization: ACME,
    username: over.caller,
    role: 'Member',
    email: null,
    ifVersion: undefined,
    ...over,
  };
}

const USERNAMES = [CARA, TOM, OLIVIA];
const ORGANIZATIONS = [ACME, parseSlug('beta')];
/** The first two differ in case only. */
const EMAILS = [
  parseEmail('one@example.org'),
  parseEmail('One@Example.org'),
  parseEmail('two@example.org'),
  null,
];

/** All commands, each once: fields that a kind does not use do not vary. */
export const allCommands: readonly Command[] = USERNAMES.flatMap((caller) => {
  const asAdmin = { caller, as: 'admin service' } as const;
  return [
    ...EMAILS.flatMap((email) => [
      commandOf({ kind: 'createUser', caller, email }),
      commandOf({ kind: 'updateUser', caller, email }),
    ]),
    commandOf({ kind: 'deleteUser', caller }),
    commandOf({ kind: 'deleteUser', ...asAdmin }),
    commandOf({ kind: 'suspendUser', ...asAdmin }),
    commandOf({ kind: 'resumeUser', ...asAdmin }),
    ...ORGANIZATIONS.flatMap((organization) => [
      commandOf({ kind: 'createOrganization', caller, organization }),
      commandOf({ kind: 'updateOrganization', caller, organization }),
      commandOf({ kind: 'updateOrganization', ...asAdmin, organization }),
      commandOf({ kind: 'deleteOrganization', caller, organization }),
      commandOf({ kind: 'deleteOrganization', ...asAdmin, organization }),
      commandOf({ kind: 'suspendOrganization', ...asAdmin, organization }),
      commandOf({ kind: 'resumeOrganization', ...asAdmin, organization }),
      ...USERNAMES.flatMap((username) => [
        commandOf({ kind: 'transferOwnership', caller, organization, username }),
        commandOf({ kind: 'remove', caller, organization, username }),
        ...ROLES.map((role) => commandOf({ kind: 'add', caller, organization, username, role })),
        ...ROLES.map((role) => commandOf({ kind: 'changeRole', caller, organization, username, role })),
      ]),
    ]),
  ];
});

/** The frequency of each kind. Deletion and suspension are rare, so that records live long enough. */
const WEIGHTS: Readonly<Record<Command['kind'], number>> = {
  add: 8,
  changeRole: 7,
  remove: 3,
  transferOwnership: 4,
  createUser: 2,
  updateUser: 5,
  deleteUser: 1,
  suspendUser: 1,
  resumeUser: 3,
  createOrganization: 4,
  updateOrganization: 1,
  deleteOrganization: 1,
  suspendOrganization: 1,
  resumeOrganization: 3,
};
const kinds = fc.constantFrom(
  ...Object.entries(WEIGHTS).flatMap(([kind, weight]) => Array<Command['kind']>(weight).fill(kind as never)),
);

/** Kinds that are allowed for services only. */
const ADMINISTRATIVE: ReadonlySet<Command['kind']> = new Set([
  'suspendUser',
  'resumeUser',
  'suspendOrganization',
  'resumeOrganization',
]);

export const commands: fc.Arbitrary<Command> = fc
  .record({
    kind: kinds,
    caller: fc.constantFrom(...USERNAMES),
    as: fc.constantFrom<Command['as'][]>('user', 'user', 'user', 'service for the user', 'admin service'),
    organization: fc.constantFrom(...ORGANIZATIONS),
    username: fc.constantFrom(...USERNAMES),
    role: fc.constantFrom('Owner', ...ROLES),
    email: fc.constantFrom(...EMAILS),
    ifVersion: fc.oneof(
      { arbitrary: fc.constant(undefined), weight: 9 },
      { arbitrary: fc.integer({ min: 0, max: 9 }), weight: 1 },
    ),
  })
  .map((command) =>
    ADMINISTRATIVE.has(command.kind) && command.as !== 'service for the user'
      ? { ...command, as: 'admin service' as const }
      : command,
  );

export const walks: fc.Arbitrary<Command[]> = fc.array(commands, {
  minLength: 20,
  maxLength: 40,
  size: 'max',
});

/** A plan, or the code of the domain error. */
export function planOrError(world: World, command: Command, id: string): Plan<unknown> | string {
  // Most commands fail, and capturing the stack costs more than planning.
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    return planOf(world, command, id);
  } catch (error) {
    if (error instanceof DomainError) return error.code;
    throw error;
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

/** Creates two Owners and a Member of "acme". */
const INITIAL_COMMANDS: readonly Command[] = [
  ...USERNAMES.map((caller) => commandOf({ kind: 'createUser', caller })),
  commandOf({ kind: 'createOrganization', caller: CARA }),
  commandOf({ kind: 'add', caller: CARA, username: TOM, role: 'Owner' }),
  commandOf({ kind: 'add', caller: CARA, username: OLIVIA, role: 'Member' }),
];

/** The world after the initial commands and a walk. @param afterEach receives the outcome of each command of the walk */
export function worldAfter(
  walk: readonly Command[],
  afterEach: (world: World, outcome: string) => void = () => {},
): World {
  const world = new World();
  INITIAL_COMMANDS.forEach((command, i) => {
    expectToApply(world, planOf(world, command, `initial-${i}`));
  });
  walk.forEach((command, i) => {
    const plan = planOrError(world, command, `${i}`);
    if (typeof plan !== 'string') expectToApply(world, plan);
    afterEach(world, typeof plan === 'string' ? plan : (plan.change?.events[0]?.type ?? 'no change'));
  });
  return world;
}
