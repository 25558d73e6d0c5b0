import { expect } from 'chai';
import { createOrganization, createUsers, outcomeOf, problemOf } from '../../support/api-client.ts';
import type { FleetUnderTest } from '../../support/use-fleet.ts';
import { asAdmin } from './fleet-on.ts';
import { Observer } from './observer.ts';
import { execute, type Operation, randomOperations } from './operations.ts';
import { OrganizationHistory } from './organization-history.ts';
import type { Scale } from './pair.ts';

const ORGANIZATIONS = ['inv-one', 'inv-two', 'inv-three'];
const USERS = ['invann', 'invbob', 'invcat', 'invdan', 'inveve'];
/** Only the first user tries these. */
const FINAL: ReadonlySet<Operation['kind']> = new Set(['delete', 'delete user', 'leave']);
/** The number of concurrent requests. */
const CONCURRENCY = 8;

/** Invariants during concurrent operations through both instances, and after names were reused. */
export function invariantScenario({ instanceA, instanceB, at }: FleetUnderTest, { operations }: Scale): void {
  const observer = new Observer(instanceA, instanceB);

  it(`hold after ${operations} concurrent operations`, async function () {
    this.timeout(60_000);
    await createUsers(instanceA, ...USERS);
    for (const [i, organizationName] of ORGANIZATIONS.entries()) {
      const creator = USERS[i] ?? '';
      await instanceA.as(creator).post('/organizations', { organizationName });
      for (const memberUsername of USERS) {
        await instanceA
          .as(creator)
          .post(`/organizations/${organizationName}/members`, { memberUsername, role: 'Owner' });
      }
    }
    const remaining = randomOperations({
      seed: 20_260_101,
      count: operations,
      organizations: ORGANIZATIONS,
      users: USERS,
    });
    const succeeded = new Map<string, number>();
    const failed: string[] = [];
    let sent = 0;
    const work = async () => {
      for (
        let operation: Operation | undefined = remaining.shift();
        operation !== undefined;
        operation = remaining.shift()
      ) {
        // If the user may not do it, the next one tries.
        for (const by of operation.by) {
          sent += 1;
          const response = await execute(at(sent), by, operation);
          if (response.status >= 500) failed.push(`${JSON.stringify(operation)}: ${outcomeOf(response)}`);
          if (response.status < 300) succeeded.set(operation.kind, (succeeded.get(operation.kind) ?? 0) + 1);
          if (FINAL.has(operation.kind) || ![401, 403, 404].includes(response.status)) break;
        }
      }
    };
    await Promise.all(Array.from({ length: CONCURRENCY }, work));
    expect(failed).to.deep.equal([]);
    let changed = 0;
    for (const kind of ['role', 'remove', 'leave', 'transfer', 'add', 'delete user'])
      changed += succeeded.get(kind) ?? 0;
    expect(changed, `changes among the successful operations: ${[...succeeded]}`).to.be.greaterThan(
      operations / 10,
    );

    const existing: string[] = [];
    for (const name of USERS) {
      const user = await observer.both((api) => api.get(`/users/${name}`));
      if (user.status === 404) continue;
      existing.push(name);
      await asAdmin(instanceA).post(`/users/${name}/resume`, {});
      await observer.events(`/users/${name}`, 'user.created');
    }
    let remainingOrganizations = 0;
    for (const name of ORGANIZATIONS) {
      const organization = await observer.both((api) => api.get(`/organizations/${name}`));
      if (organization.status === 404) continue;
      await asAdmin(instanceB).post(`/organizations/${name}/resume`, {});
      const members = await observer.roles(name);
      expect(Object.values(members), `${name}: ${JSON.stringify(members)}`).to.include('Owner');
      expect(await observer.check(name, USERS)).to.deep.equal(
        USERS.map((user) => members[user] ?? (existing.includes(user) ? 'not_member' : 'user_not_found')),
      );
      for (const user of existing) {
        const list = await observer.both((api) => api.get(`/users/${user}/organizations`));
        const membership = list.body.memberships?.find(({ organizationName }) => organizationName === name);
        expect(membership?.role, `${user} in ${name}`).to.equal(members[user]);
      }
      const events = await observer.events(`/organizations/${name}`, 'organization.created');
      expect(new OrganizationHistory().violationsIn(events), name).to.deep.equal([]);
      remainingOrganizations += 1;
    }
    expect(remainingOrganizations, 'remaining organizations').to.be.greaterThan(0);
  });

  it('hold after the name of a user was reused: no membership is restored, cached or not', async () => {
    const path = await createOrganization(instanceA, 'Names', {
      nameann: 'Owner',
      namebob: 'Admin',
      namecat: 'Owner',
    });
    for (const username of ['namebob', 'namecat']) {
      const member = `${path}/members/${username}`;
      for (let round = 1; round <= 3; round += 1) {
        const [one, two] = round % 2 === 0 ? [instanceA, instanceB] : [instanceB, instanceA];
        if (round > 1)
          await one.as('nameann').post(`${path}/members`, { memberUsername: username, role: 'Admin' });
        for (const api of [one, two]) expect((await api.as('nameann').get(member)).status).to.equal(200);
        expect((await one.as(username).delete(`/users/${username}`)).status).to.equal(204);
        expect(await observer.check('names', [username])).to.deep.equal(['user_not_found']);
        await createUsers(two, username);
        expect(await observer.check('names', [username])).to.deep.equal(['not_member']);
        for (const api of [one, two]) {
          expect(problemOf(await api.as('nameann').get(member))).to.equal('404 membership_not_found');
          expect(problemOf(await api.as(username).get(path))).to.equal('404 organization_not_found');
          expect(
            (await api.as(username).get(`/users/${username}/organizations`)).body.memberships,
          ).to.deep.equal([]);
        }
        expect(await observer.roles('names')).to.not.have.property(username);
        await observer.events(`/users/${username}`, 'user.created');
      }
    }
  });

  it('hold after the name of an organization was reused: no membership is restored, cached or not', async () => {
    await createUsers(instanceA, 'orgnext');
    const path = await createOrganization(instanceA, 'Again', { organn: 'Owner', orgbob: 'Admin' });
    const usernames = ['organn', 'orgbob', 'orgnext'];
    expect(await observer.check('again', usernames)).to.deep.equal(['Owner', 'Admin', 'not_member']);
    expect((await instanceB.as('organn').delete(path)).status).to.equal(204);
    const notFound = usernames.map(() => 'organization_not_found');
    expect(await observer.check('again', usernames)).to.deep.equal(notFound);
    const created = await instanceA.as('orgnext').post('/organizations', { organizationName: 'Again' });
    expect(created.status, created.text).to.equal(201);
    expect(await observer.check('again', usernames)).to.deep.equal(['not_member', 'not_member', 'Owner']);
    expect(await observer.roles('again')).to.deep.equal({ orgnext: 'Owner' });
    for (const api of [instanceA, instanceB]) {
      expect(problemOf(await api.as('organn').get(path))).to.equal('404 organization_not_found');
      expect(problemOf(await api.as('orgbob').delete(`${path}/members/orgbob`))).to.equal(
        '404 organization_not_found',
      );
    }
    await observer.events(path, 'organization.created');
  });
}
