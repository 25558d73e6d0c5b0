import { expect } from 'chai';
import { type Change, movedRecord, type Plan, versionAfter } from '../../src/domain/change.ts';
import type { NewEvent } from '../../src/domain/event.ts';
import { belongs, type Membership } from '../../src/domain/membership.ts';
import { normalizeEmail } from '../../src/domain/names.ts';
import type { Organization } from '../../src/domain/organization.ts';
import {
  type KeyOf,
  type Loaded,
  membershipKey,
  organizationKey,
  type RecordKey,
  type RecordOf,
  recordId,
  userKey,
} from '../../src/domain/records.ts';
import type { EmailClaim, User } from '../../src/domain/user.ts';
import { absent } from './builders.ts';

/** The simplest store of records, to apply plans one after another. */
export class World {
  readonly #records: Map<string, Loaded>;

  constructor(records: ReadonlyMap<string, Loaded> = new Map()) {
    this.#records = new Map(records);
  }

  copy(): World {
    return new World(this.#records);
  }

  load<Key extends RecordKey>(key: Key): Loaded<Key> {
    return (this.#records.get(recordId(key)) as Loaded<Key> | undefined) ?? absent(key);
  }

  /** Applies a change if its preconditions hold. @returns whether they do */
  apply(change: Change): boolean {
    if (movedRecord(change, (key) => this.load(key)) !== undefined) return false;
    for (const write of change.writes) {
      this.#records.set(recordId(write.key), {
        key: write.key,
        version: versionAfter(write),
        record: write.record,
      });
    }
    return true;
  }

  /** The versions of all records and tombstones. */
  versions(): ReadonlyMap<string, number> {
    return new Map([...this.#records].map(([id, { version }]) => [id, version]));
  }

  existingRecords<Key extends RecordKey>(kind: Key['kind']): RecordOf<Key>[] {
    return [...this.#records.values()].flatMap(({ key, record }) =>
      key.kind === kind && record !== undefined ? [record as RecordOf<Key>] : [],
    );
  }

  /** Every claim on an e-mail address: "<address>:<id of the user>". */
  claims(): string[] {
    return [...this.#records.values()].flatMap(({ key, record }) =>
      key.kind === 'email' && record !== undefined ? [`${key.email}:${(record as EmailClaim).userId}`] : [],
    );
  }

  /** Memberships whose user and organization exist and are not later ones of the same names. */
  validMemberships(): Membership[] {
    return this.existingRecords<KeyOf<'membership'>>('membership').filter((membership) =>
      belongs(
        membership,
        this.load(userKey(membership.memberUsername)).record,
        this.load(organizationKey(membership.organizationName)).record,
      ),
    );
  }
}

/** Checks the invariants that hold after every change. */
export function expectInvariants(world: World): void {
  const memberships = world.validMemberships();
  const organizations = world.existingRecords<KeyOf<'organization'>>('organization');
  for (const organization of organizations) expectOwners(organization, memberships);
  const users = world.existingRecords<KeyOf<'user'>>('user');
  for (const user of users) expectOwnerships(user, organizations);
  expectClaims(world, users);
}

/** Applies a plan that was made from the current records, and checks what holds for every plan. */
export function expectToApply(world: World, { change, result }: Plan<unknown>): void {
  if (change === undefined) return;
  const [before, validBefore] = [world.versions(), validMembershipIds(world)];
  expect(world.apply(change), 'preconditions of a plan made from the current records').to.equal(true);
  const after = world.versions();
  const writtenIds = new Set(change.writes.map(({ key }) => recordId(key)));
  for (const [id, version] of before) {
    const expected = writtenIds.has(id) ? version + 1 : version;
    if (after.get(id) !== expected) expect.fail(`${id} went from ${version} to ${after.get(id)}`);
  }
  for (const id of validMembershipIds(world)) {
    if (!validBefore.has(id) && !writtenIds.has(id))
      expect.fail(`${id} is valid again although it was not written`);
  }
  expectEvents(world, change.events, result);
}

function validMembershipIds(world: World): ReadonlySet<string> {
  return new Set(
    world
      .validMemberships()
      .map(({ organizationName, memberUsername }) =>
        recordId(membershipKey(organizationName, memberUsername)),
      ),
  );
}

/** A change has one event, whose subject is the result. Deleting a user also has one for each owned organization. */
function expectEvents(world: World, events: readonly NewEvent[], result: unknown): void {
  const [first, ...more] = events;
  if (first === undefined) expect.fail('a change has an event');
  const furtherTypes = first.type === 'user.deleted' ? ['membership.removed'] : [];
  for (const event of more) expect(furtherTypes, 'types of further events').to.include(event.type);
  for (const event of events) {
    expect(event.version, `version of ${event.type}`).to.equal(world.load(subjectKey(event)).version);
  }
  const { record, version } = world.load(subjectKey(first));
  if (result !== undefined) expect(result, 'result').to.deep.equal({ record, version });
}

function subjectKey({ subject }: NewEvent): RecordKey {
  const { type, username, organizationName } = subject;
  if (type === 'user' && username !== undefined) return userKey(username);
  if (organizationName === undefined) return expect.fail('the event does not name its subject');
  return username === undefined
    ? organizationKey(organizationName)
    : membershipKey(organizationName, username);
}

function expectOwners({ id, organizationName, owners }: Organization, memberships: Membership[]): void {
  const byRole = memberships
    .filter(({ organizationId, role }) => organizationId === id && role === 'Owner')
    .map(({ memberUsername }) => memberUsername);
  if (byRole.length === 0 || owners.length === 0) expect.fail(`${organizationName} has no Owner`);
  expect(asText(owners), `owners of ${organizationName}`).to.equal(asText(byRole));
}

/** Comparing text is much faster than a deep comparison, which would run thousands of times. */
function asText(names: readonly string[]): string {
  return names.toSorted().join(' ');
}

/** Entries of deleted organizations are ignored, because a sweep removes them. */
function expectOwnerships({ username, ownerOf }: User, organizations: Organization[]): void {
  const ownedOrganizations = ownerOf
    .filter(({ name, id }) => organizations.some((live) => live.id === id && live.organizationName === name))
    .map(({ name }) => name);
  const owned = organizations
    .filter(({ owners }) => owners.includes(username))
    .map(({ organizationName }) => organizationName);
  expect(asText(ownedOrganizations), `organizations of ${username}`).to.equal(asText(owned));
}

/** Every e-mail address of a user is claimed by that user, and there are no other claims. */
function expectClaims(world: World, users: User[]): void {
  const expected = users.flatMap(({ email, id }) =>
    email === undefined ? [] : [`${normalizeEmail(email)}:${id}`],
  );
  expect(asText(world.claims()), 'claims').to.equal(asText(expected));
}
