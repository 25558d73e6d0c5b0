import { expect } from 'chai';
import { type Change, isAsExpected, type Plan, versionAfter } from '../../src/domain/change.ts';
import type { NewEvent } from '../../src/domain/event.ts';
import { belongs, type Membership } from '../../src/domain/membership.ts';
import type { Organization } from '../../src/domain/organization.ts';
import {
  type KeyOf,
  type Known,
  membershipKey,
  organizationKey,
  type RecordKey,
  type RecordOf,
  recordId,
  userKey,
} from '../../src/domain/records.ts';
import type { User } from '../../src/domain/user.ts';
import { absent } from './builders.ts';

/** The smallest thing that keeps records as a store must, to see what plans do one after another. */
export class World {
  readonly #records: Map<string, Known>;

  constructor(records: ReadonlyMap<string, Known> = new Map()) {
    this.#records = new Map(records);
  }

  copy(): World {
    return new World(this.#records);
  }

  know<Key extends RecordKey>(key: Key): Known<Key> {
    return (this.#records.get(recordId(key)) as Known<Key> | undefined) ?? absent(key);
  }

  /** Whether everything still is as the change expects; then it is applied. */
  apply({ writes, conditions }: Change): boolean {
    const holds =
      writes.every(({ key, expected }) => isAsExpected(expected, this.know(key))) &&
      conditions.every(({ key, version }) => isAsExpected({ exists: true, version }, this.know(key)));
    if (!holds) return false;
    for (const write of writes) {
      this.#records.set(recordId(write.key), {
        key: write.key,
        version: versionAfter(write),
        record: write.record,
      });
    }
    return true;
  }

  /** What no plan does yet (deletion, suspension), done by hand. */
  overwrite<Key extends RecordKey>({ key, version }: Known<Key>, record: RecordOf<Key> | undefined): void {
    this.#records.set(recordId(key), { key, version: version + 1, record });
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
  for (const user of world.liveRecords<KeyOf<'user'>>('user')) expectOwnerships(user, organizations);
}

/** What must hold of a plan that was made from the present and is applied at once. */
export function expectToApply(world: World, { change, result }: Plan<unknown>): void {
  if (change === undefined) return;
  const before = world.versions();
  expect(world.apply(change), 'a plan made from the present is as expected').to.equal(true);
  const after = world.versions();
  const writtenIds = new Set(change.writes.map(({ key }) => recordId(key)));
  for (const [id, version] of before) {
    const right = writtenIds.has(id) ? version + 1 : version;
    if (after.get(id) !== right) expect.fail(`${id} went from ${version} to ${after.get(id)}`);
  }
  const [event, ...more] = change.events;
  if (event === undefined || more.length > 0) expect.fail('a change leaves one event');
  const { record, version } = world.know(subjectKey(event));
  expect(event.version, 'the version in the event').to.equal(version);
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
  if (owners.length === 0) expect.fail(`${organizationName} has no Owner`);
  expect(asText(owners), `the owners of ${organizationName} are its Owners`).to.equal(asText(byRole));
}

/** Comparing text is much faster than comparing deeply, and this is done thousands of times. */
function asText(names: readonly string[]): string {
  return names.toSorted().join(' ');
}

/** Entries for organizations that are gone do not count; a sweep drops them. */
function expectOwnerships({ username, ownerOf }: User, organizations: Organization[]): void {
  const listed = ownerOf
    .filter(({ name, id }) => organizations.some((live) => live.id === id && live.organizationName === name))
    .map(({ name }) => name);
  const owned = organizations
    .filter(({ owners }) => owners.includes(username))
    .map(({ organizationName }) => organizationName);
  expect(asText(listed), `what ${username} owns`).to.equal(asText(owned));
}
