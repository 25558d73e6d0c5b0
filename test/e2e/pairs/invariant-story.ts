import { expect } from 'chai';
import {
  type ApiClient,
  createOrganization,
  createUsers,
  outcomeOf,
  problemOf,
} from '../../support/api-client.ts';
import type { Fleet } from '../../support/fleet.ts';
import { asAdmin } from './fleet-on.ts';
import { Observer } from './observer.ts';
import { does, type Operation, randomOperations } from './operations.ts';
import { OrganizationHistory } from './organization-history.ts';
import type { Scale } from './pair.ts';

const ORGANIZATIONS = ['inv-one', 'inv-two', 'inv-three'];
const USERS = ['invann', 'invbob', 'invcat', 'invdan', 'inveve'];
/** These nobody else does in one's stead. */
const FINAL: ReadonlySet<Operation['kind']> = new Set(['end', 'end user', 'leave']);
/** How many are under way at once. */
const AT_ONCE = 8;

/**
 * What holds whatever many do at once, and whose names are taken again, told through two instances that take turns.
 * @param start a fleet on an empty store
 */
export function invariantStory(start: () => Promise<Fleet>, { operations }: Scale): void {
  let fleet: Fleet;
  let here: ApiClient;
  let there: ApiClient;
  let observer: Observer;

  before(async () => {
    fleet = await start();
    [here, there] = fleet.instances;
    observer = new Observer(here, there);
  });
  after(() => fleet?.close());

  it(`holds after ${operations} deeds of many at once`, async function () {
    this.timeout(60_000);
    await createUsers(here, ...USERS);
    for (const [i, organizationName] of ORGANIZATIONS.entries()) {
      const founder = USERS[i] ?? '';
      await here.as(founder).post('/organizations', { organizationName });
      for (const memberUsername of USERS) {
        await here
          .as(founder)
          .post(`/organizations/${organizationName}/members`, { memberUsername, role: 'Owner' });
      }
    }
    const waiting = randomOperations({
      seed: 20_260_101,
      count: operations,
      organizations: ORGANIZATIONS,
      users: USERS,
    });
    const done = new Map<string, number>();
    const failed: string[] = [];
    let sent = 0;
    const work = async () => {
      for (
        let operation: Operation | undefined = waiting.shift();
        operation !== undefined;
        operation = waiting.shift()
      ) {
        // Where it is not for one to do, the next one tries.
        for (const by of operation.by) {
          sent += 1;
          const response = await does(sent % 2 === 0 ? here : there, by, operation);
          if (response.status >= 500) failed.push(`${JSON.stringify(operation)}: ${outcomeOf(response)}`);
          if (response.status < 300) done.set(operation.kind, (done.get(operation.kind) ?? 0) + 1);
          if (FINAL.has(operation.kind) || ![401, 403, 404].includes(response.status)) break;
        }
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    expect(failed).to.deep.equal([]);
    let changed = 0;
    for (const kind of ['role', 'remove', 'leave', 'transfer', 'add', 'end user'])
      changed += done.get(kind) ?? 0;
    expect(changed, `changed, of all that was done: ${[...done]}`).to.be.greaterThan(operations / 10);

    const living: string[] = [];
    for (const name of USERS) {
      const user = await observer.both((api) => api.get(`/users/${name}`));
      if (user.status === 404) continue;
      living.push(name);
      await asAdmin(here).post(`/users/${name}/resume`, {});
      await observer.events(`/users/${name}`, 'user.created');
    }
    let owned = 0;
    for (const name of ORGANIZATIONS) {
      const organization = await observer.both((api) => api.get(`/organizations/${name}`));
      if (organization.status === 404) continue;
      await asAdmin(there).post(`/organizations/${name}/resume`, {});
      const members = await observer.roles(name);
      expect(Object.values(members), `${name}: ${JSON.stringify(members)}`).to.include('Owner');
      expect(await observer.check(name, USERS)).to.deep.equal(
        USERS.map((user) => members[user] ?? (living.includes(user) ? 'not_member' : 'user_not_found')),
      );
      for (const user of living) {
        const theirs = await observer.both((api) => api.get(`/users/${user}/organizations`));
        const there = theirs.body.memberships?.find(({ organizationName }) => organizationName === name);
        expect(there?.role, `${user} in ${name}`).to.equal(members[user]);
      }
      const events = await observer.events(`/organizations/${name}`, 'organization.created');
      expect(new OrganizationHistory().faultsIn(events), name).to.deep.equal([]);
      owned += 1;
    }
    expect(owned, 'organizations that live').to.be.greaterThan(0);
  });

  it('revives no membership of a user whose name somebody else takes, cached or not', async () => {
    const path = await createOrganization(here, 'Names', {
      nameann: 'Owner',
      namebob: 'Admin',
      namecat: 'Owner',
    });
    for (const gone of ['namebob', 'namecat']) {
      const member = `${path}/members/${gone}`;
      for (let round = 1; round <= 3; round += 1) {
        const [one, two] = round % 2 === 0 ? [here, there] : [there, here];
        if (round > 1)
          await one.as('nameann').post(`${path}/members`, { memberUsername: gone, role: 'Admin' });
        for (const api of [one, two]) expect((await api.as('nameann').get(member)).status).to.equal(200);
        expect((await one.as(gone).delete(`/users/${gone}`)).status).to.equal(204);
        expect(await observer.check('names', [gone])).to.deep.equal(['user_not_found']);
        await createUsers(two, gone);
        expect(await observer.check('names', [gone])).to.deep.equal(['not_member']);
        for (const api of [one, two]) {
          expect(problemOf(await api.as('nameann').get(member))).to.equal('404 membership_not_found');
          expect(problemOf(await api.as(gone).get(path))).to.equal('404 organization_not_found');
          expect((await api.as(gone).get(`/users/${gone}/organizations`)).body.memberships).to.deep.equal([]);
        }
        expect(await observer.roles('names')).to.not.have.property(gone);
        await observer.events(`/users/${gone}`, 'user.created');
      }
    }
  });

  it('revives no membership in an organization whose name somebody else takes, cached or not', async () => {
    await createUsers(here, 'orgnext');
    const path = await createOrganization(here, 'Again', { organn: 'Owner', orgbob: 'Admin' });
    const everybody = ['organn', 'orgbob', 'orgnext'];
    expect(await observer.check('again', everybody)).to.deep.equal(['Owner', 'Admin', 'not_member']);
    expect((await there.as('organn').delete(path)).status).to.equal(204);
    const nowhere = everybody.map(() => 'organization_not_found');
    expect(await observer.check('again', everybody)).to.deep.equal(nowhere);
    const taken = await here.as('orgnext').post('/organizations', { organizationName: 'Again' });
    expect(taken.status, taken.text).to.equal(201);
    expect(await observer.check('again', everybody)).to.deep.equal(['not_member', 'not_member', 'Owner']);
    expect(await observer.roles('again')).to.deep.equal({ orgnext: 'Owner' });
    for (const api of [here, there]) {
      expect(problemOf(await api.as('organn').get(path))).to.equal('404 organization_not_found');
      expect(problemOf(await api.as('orgbob').delete(`${path}/members/orgbob`))).to.equal(
        '404 organization_not_found',
      );
    }
    await observer.events(path, 'organization.created');
  });
}
