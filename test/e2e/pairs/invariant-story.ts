import { expect } from 'chai';
import {
  type Answer,
  type ApiClient,
  createOrganization,
  createUsers,
  refusalOf,
} from '../../support/api-client.ts';
import type { Fleet } from '../../support/fleet.ts';
import { type Deed, deeds, does } from './deeds.ts';
import { asAdmin } from './fleet-on.ts';

const ORGANIZATIONS = ['inv-one', 'inv-two', 'inv-three'];
const USERS = ['invann', 'invbob', 'invcat', 'invdan', 'inveve'];
const DEEDS = 300;
/** These nobody else does in one's stead. */
const FINAL: ReadonlySet<Deed['kind']> = new Set(['end', 'end user', 'leave']);
/** How many are under way at once. */
const AT_ONCE = 8;

const outcome = (answer: Answer): string => (answer.status < 400 ? String(answer.status) : refusalOf(answer));

/**
 * What no race may break, whatever the service runs on, told through two instances that take turns.
 * @param start a fleet on an empty store
 */
export function invariantStory(start: () => Promise<Fleet>): void {
  let fleet: Fleet;
  let here: ApiClient;
  let there: ApiClient;

  before(async () => {
    fleet = await start();
    [here, there] = fleet.instances;
  });
  after(() => fleet?.close());

  /** What both instances answer to an administrator, which have to say the same. */
  const both = async (ask: (api: ApiClient) => Promise<Answer>): Promise<Answer> => {
    const [one, two] = (await Promise.all([here, there].map((api) => ask(asAdmin(api))))) as [Answer, Answer];
    const told = ({ status, body }: Answer) => ({ status, ...body, requestId: undefined });
    expect(told(two)).to.deep.equal(told(one));
    return one;
  };

  const check = async (organization: string, usernames: readonly string[]) => {
    const checks = usernames.map((username) => ({ organization, username }));
    const { body, text } = await both((api) => api.post('/checks', { checks }));
    return (body.results ?? expect.fail(text)).map(({ role, reason }) => role ?? reason);
  };

  const roles = async (organization: string): Promise<Readonly<Record<string, string>>> => {
    const { body, text } = await both((api) => api.get(`/organizations/${organization}/members`));
    const members = body.members ?? expect.fail(text);
    return Object.fromEntries(members.map(({ memberUsername, role }) => [memberUsername, role]));
  };

  /** The types of all events, which are numbered without holes. */
  const expectEvents = async (path: string, first: string): Promise<void> => {
    const seen: string[] = [];
    for (let page = 1; page <= 20; page += 1) {
      const { body, text } = await both((api) => api.get(`${path}/events?limit=100&after=${seen.length}`));
      const events = body.events ?? expect.fail(text);
      expect(events.map(({ seq }) => seq)).to.deep.equal(events.map((_, i) => seen.length + i + 1));
      seen.push(...events.map(({ type }) => type));
      if (body.nextCursor === undefined) break;
    }
    expect(seen[0], path).to.equal(first);
    expect(seen.filter((type) => type === first)).to.have.length(1);
  };

  it(`holds after ${DEEDS} deeds of many at once`, async function () {
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
    const waiting = deeds({ seed: 20_260_101, count: DEEDS, organizations: ORGANIZATIONS, users: USERS });
    const done = new Map<string, number>();
    const failed: string[] = [];
    let sent = 0;
    const work = async () => {
      for (let deed: Deed | undefined = waiting.shift(); deed !== undefined; deed = waiting.shift()) {
        // Where it is not for one to do, the next one tries.
        for (const by of deed.by) {
          sent += 1;
          const answer = await does(sent % 2 === 0 ? here : there, by, deed);
          if (answer.status >= 500) failed.push(`${JSON.stringify(deed)}: ${outcome(answer)}`);
          if (answer.status < 300) done.set(deed.kind, (done.get(deed.kind) ?? 0) + 1);
          if (FINAL.has(deed.kind) || ![401, 403, 404].includes(answer.status)) break;
        }
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    expect(failed).to.deep.equal([]);
    let changed = 0;
    for (const kind of ['role', 'remove', 'leave', 'transfer', 'add', 'end user'])
      changed += done.get(kind) ?? 0;
    expect(changed, `changed, of all that was done: ${[...done]}`).to.be.greaterThan(30);

    const living: string[] = [];
    for (const name of USERS) {
      const user = await both((api) => api.get(`/users/${name}`));
      if (user.status === 404) continue;
      living.push(name);
      await asAdmin(here).post(`/users/${name}/resume`, {});
      await expectEvents(`/users/${name}`, 'user.created');
    }
    let owned = 0;
    for (const name of ORGANIZATIONS) {
      const organization = await both((api) => api.get(`/organizations/${name}`));
      if (organization.status === 404) continue;
      await asAdmin(there).post(`/organizations/${name}/resume`, {});
      const members = await roles(name);
      expect(Object.values(members), `${name}: ${JSON.stringify(members)}`).to.include('Owner');
      expect(await check(name, USERS)).to.deep.equal(
        USERS.map((user) => members[user] ?? (living.includes(user) ? 'not_member' : 'user_not_found')),
      );
      for (const user of living) {
        const theirs = await both((api) => api.get(`/users/${user}/organizations`));
        const there = theirs.body.memberships?.find(({ organizationName }) => organizationName === name);
        expect(there?.role, `${user} in ${name}`).to.equal(members[user]);
      }
      await expectEvents(`/organizations/${name}`, 'organization.created');
      owned += 1;
    }
    expect(owned, 'organizations that live').to.be.greaterThan(0);
  });

  it('lets an Admin who was removed a moment ago add nobody', async () => {
    const path = await createOrganization(here, 'Moment', { momann: 'Owner', momadmin: 'Admin' });
    const admin = `${path}/members/momadmin`;
    await createUsers(here, 'momnew');
    const body = { memberUsername: 'momnew', role: 'Member' };
    for (let round = 1; round <= 10; round += 1) {
      const [one, two] = round % 2 === 0 ? [here, there] : [there, here];
      expect((await two.as('momadmin').get(admin)).body.membership?.role, `round ${round}`).to.equal('Admin');
      // Whoever adds while being removed has done it before, or not at all.
      const [removed, during] = await Promise.all([
        one.as('momann').delete(admin),
        two.as('momadmin').post(`${path}/members`, body),
      ]);
      expect(removed.status, removed.text).to.equal(204);
      expect(outcome(during)).to.be.oneOf(['201', '404 organization_not_found']);
      const after = await two.as('momadmin').post(`${path}/members`, { ...body, memberUsername: 'momann' });
      expect(outcome(after), `round ${round}`).to.equal('404 organization_not_found');
      const { body: told } = await one.as('momann').get(`${path}/events?limit=100`);
      const latest = told.events?.slice(-2).map(({ type, subject }) => `${type} ${subject['username']}`);
      expect(latest?.at(-1)).to.equal('membership.removed momadmin');
      if (during.status === 201) {
        expect(latest?.[0]).to.equal('membership.added momnew');
        await one.as('momann').delete(`${path}/members/momnew`);
      }
      const back = { memberUsername: 'momadmin', role: 'Admin' };
      expect((await one.as('momann').post(`${path}/members`, back)).status).to.equal(201);
    }
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
        expect(await check('names', [gone])).to.deep.equal(['user_not_found']);
        await createUsers(two, gone);
        expect(await check('names', [gone])).to.deep.equal(['not_member']);
        for (const api of [one, two]) {
          expect(refusalOf(await api.as('nameann').get(member))).to.equal('404 membership_not_found');
          expect(refusalOf(await api.as(gone).get(path))).to.equal('404 organization_not_found');
          expect((await api.as(gone).get(`/users/${gone}/organizations`)).body.memberships).to.deep.equal([]);
        }
        expect(await roles('names')).to.not.have.property(gone);
        await expectEvents(`/users/${gone}`, 'user.created');
      }
    }
  });

  it('revives no membership in an organization whose name somebody else takes, cached or not', async () => {
    await createUsers(here, 'orgnext');
    const path = await createOrganization(here, 'Again', { organn: 'Owner', orgbob: 'Admin' });
    const everybody = ['organn', 'orgbob', 'orgnext'];
    expect(await check('again', everybody)).to.deep.equal(['Owner', 'Admin', 'not_member']);
    expect((await there.as('organn').delete(path)).status).to.equal(204);
    const nowhere = everybody.map(() => 'organization_not_found');
    expect(await check('again', everybody)).to.deep.equal(nowhere);
    const taken = await here.as('orgnext').post('/organizations', { organizationName: 'Again' });
    expect(taken.status, taken.text).to.equal(201);
    expect(await check('again', everybody)).to.deep.equal(['not_member', 'not_member', 'Owner']);
    expect(await roles('again')).to.deep.equal({ orgnext: 'Owner' });
    for (const api of [here, there]) {
      expect(refusalOf(await api.as('organn').get(path))).to.equal('404 organization_not_found');
      expect(refusalOf(await api.as('orgbob').delete(`${path}/members/orgbob`))).to.equal(
        '404 organization_not_found',
      );
    }
    await expectEvents(path, 'organization.created');
  });
}
