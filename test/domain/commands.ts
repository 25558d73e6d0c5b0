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

/** Something that is asked for. Not every kind of it looks at every field. */
export interface Command {
  readonly kind:
    | ('createUser' | 'updateUser' | 'deleteUser' | 'suspendUser' | 'resumeUser')
    | ('createOrganization' | 'updateOrganization' | 'deleteOrganization')
    | ('suspendOrganization' | 'resumeOrganization' | 'transferOwnership')
    | ('add' | 'changeRole' | 'remove');
  /** The user who asks, or whom a service acts for. */
  readonly caller: Username;
  readonly as: 'user' | 'service for the user' | 'admin service';
  readonly organization: Slug;
  readonly username: Username;
  readonly role: Role;
  readonly email: EmailAddress | null;
  readonly ifVersion: number | undefined;
}

/** A command in which only some fields matter. */
export function commandOf(but: Partial<Command> & Pick<Command, 'kind' | 'caller'>): Command {
  return {
    as: 'user',
    organization: ACME,
    username: but.caller,
    role: 'Member',
    email: null,
    ifVersion: undefined,
    ...but,
  };
}

const USERNAMES = [CARA, TOM, OLIVIA];
const ORGANIZATIONS = [ACME, parseSlug('beta')];
/** The first two are one address in two spellings. */
const EMAILS = [
  parseEmail('one@example.org'),
  parseEmail('One@Example.org'),
  parseEmail('two@example.org'),
  null,
];

/** All commands, each once: what a kind of command does not look at does not vary. */
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

/** How often each kind is asked for: what ends things is rare, or nothing would ever be going on. */
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

/** Only services can do it. */
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

/** A plan, or the code of the refusal. Anything else that is thrown is a fault of the domain. */
export function decide(world: World, command: Command, id: string): Plan<unknown> | string {
  // Most are refused, and the stack of a refusal costs more than the decision.
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

/** Two Owners and a Member of "acme", for whatever comes after. */
const BEGINNING: readonly Command[] = [
  ...USERNAMES.map((caller) => commandOf({ kind: 'createUser', caller })),
  commandOf({ kind: 'createOrganization', caller: CARA }),
  commandOf({ kind: 'add', caller: CARA, username: TOM, role: 'Owner' }),
  commandOf({ kind: 'add', caller: CARA, username: OLIVIA, role: 'Member' }),
];

/** A world that has begun, and then whatever the walk brings; tells how each step of it came out. */
export function worldAfter(
  walk: readonly Command[],
  afterEach: (world: World, outcome: string) => void = () => {},
): World {
  const world = new World();
  BEGINNING.forEach((command, i) => {
    expectToApply(world, planOf(world, command, `begin-${i}`));
  });
  walk.forEach((command, i) => {
    const decided = decide(world, command, `${i}`);
    if (typeof decided !== 'string') expectToApply(world, decided);
    afterEach(world, typeof decided === 'string' ? decided : (decided.change?.events[0]?.type ?? 'nothing'));
  });
  return world;
}
