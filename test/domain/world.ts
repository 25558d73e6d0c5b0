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

/** The smallest thing that keeps records as a store must, to see what plans do one after another. */
export class World {
  readonly #records: Map<string, Loaded>;

  constructor(records: ReadonlyMap<string, Loaded> = new Map()) {
    this.#records = new Map(records);
  }

  copy(): World {
    return new World(this.#records);
  }

  know<Key extends RecordKey>(key: Key): Loaded<Key> {
    return (this.#records.get(recordId(key)) as Loaded<Key> | undefined) ?? absent(key);
  }

  /** Whether everything still is as the change expects; then it is applied. */
  apply(change: Change): boolean {
    if (movedRecord(change, (key) => this.know(key)) !== undefined) return false;
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

  liveRecords<Key extends RecordKey>(kind: Key['kind']): RecordOf<Key>[] {
    return [...this.#records.values()].flatMap(({ key, record }) =>
      key.kind === kind && record !== undefined ? [record as RecordOf<Key>] : [],
    );
  }

  /** Every live claim on an e-mail address: "<address>:<id of the user>". */
  claims(): string[] {
    return [...this.#records.values()].flatMap(({ key, record }) =>
      key.kind === 'email' && record !== undefined ? [`${key.email}:${(record as EmailClaim).userId}`] : [],
    );
  }

  /** Memberships that count: their user and organization live and are those that they were made for. */
  liveMemberships(): Membership[] {
    return this.liveRecords<KeyOf<'membership'>>('membership').filter((membership) =>
      belongs(
        membership,
        this.know(userKey(membership.memberUsername)).record,
        this.know(organizationKey(membership.organizationName)).record,
      ),
    );
  }
}

/** What must hold of the records after every change, whatever happened before. */
export function expectInvariants(world: World): void {
  const memberships = world.liveMemberships();
  const organizations = world.liveRecords<KeyOf<'organization'>>('organization');
  for (const organization of organizations) expectOwners(organization, memberships);
  const users = world.liveRecords<KeyOf<'user'>>('user');
  for (const user of users) expectOwnerships(user, organizations);
  expectClaims(world, users);
}

/** What must hold of a plan that was made from the present and is applied at once. */
export function expectToApply(world: World, { change, result }: Plan<unknown>): void {
  if (change === undefined) return;
  const [before, livedBefore] = [world.versions(), livingIds(world)];
  expect(world.apply(change), 'a plan made from the present is as expected').to.equal(true);
  const after = world.versions();
  const writtenIds = new Set(change.writes.map(({ key }) => recordId(key)));
  for (const [id, version] of before) {
    const right = writtenIds.has(id) ? version + 1 : version;
    if (after.get(id) !== right) expect.fail(`${id} went from ${version} to ${after.get(id)}`);
  }
  for (const id of livingIds(world)) {
    if (!livedBefore.has(id) && !writtenIds.has(id)) expect.fail(`${id} came back to life by itself`);
  }
  expectEvents(world, change.events, result);
}

function livingIds(world: World): ReadonlySet<string> {
  return new Set(
    world
      .liveMemberships()
      .map(({ organizationName, memberUsername }) =>
        recordId(membershipKey(organizationName, memberUsername)),
      ),
  );
}

/** One event for a change, whose subject is the result; only a user's end tells also of the ownerships that end with it. */
function expectEvents(world: World, events: readonly NewEvent[], result: unknown): void {
  const [first, ...more] = events;
  if (first === undefined) expect.fail('a change leaves an event');
  const besides = first.type === 'user.deleted' ? ['membership.removed'] : [];
  for (const event of more) expect(besides, 'events besides').to.include(event.type);
  for (const event of events) {
    expect(event.version, `the version in ${event.type}`).to.equal(world.know(subjectKey(event)).version);
  }
  const { record, version } = world.know(subjectKey(first));
  if (result !== undefined) expect(result, 'the result').to.deep.equal({ record, version });
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
  expect(asText(owners), `the owners of ${organizationName} are its Owners`).to.equal(asText(byRole));
}

/** Comparing text is much faster than comparing deeply, and this is done thousands of times. */
function asText(names: readonly string[]): string {
  return names.toSorted().join(' ');
}

/** Entries for organizations that are gone do not count; a sweep drops them. */
function expectOwnerships({ username, ownerOf }: User, organizations: Organization[]): void {
  const ownedOrganizations = ownerOf
    .filter(({ name, id }) => organizations.some((live) => live.id === id && live.organizationName === name))
    .map(({ name }) => name);
  const owned = organizations
    .filter(({ owners }) => owners.includes(username))
    .map(({ organizationName }) => organizationName);
  expect(asText(ownedOrganizations), `what ${username} owns`).to.equal(asText(owned));
}

/** Every e-mail address of a live user is claimed by them, and nobody else claims any. */
function expectClaims(world: World, users: User[]): void {
  const held = users.flatMap(({ email, id }) =>
    email === undefined ? [] : [`${normalizeEmail(email)}:${id}`],
  );
  expect(asText(world.claims()), 'the claims').to.equal(asText(held));
}
