import { expect } from 'chai';
import {
  type ApiClient,
  createOrganization,
  createUsers,
  outcomeOf,
  problemOf,
} from '../../support/api-client.ts';
import type { Fleet } from '../../support/fleet.ts';
import { times } from '../../support/range.ts';
import type { Scale } from './pair.ts';

/**
 * What must hold over HTTP whatever the service runs on, told through two instances that take turns.
 * @param start a fleet on an empty store
 */
export function accountStory(start: () => Promise<Fleet>, { rounds }: Scale): void {
  let fleet: Fleet;
  let here: ApiClient;
  let there: ApiClient;

  before(async () => {
    fleet = await start();
    [here, there] = fleet.instances;
  });
  after(() => fleet?.close());

  const at = (i: number): ApiClient => (i % 2 === 0 ? here : there);

  const ownersOf = async (path: string, ...askers: string[]): Promise<readonly string[]> => {
    for (const asker of askers) {
      const { status, body } = await there.as(asker).get(`${path}/members`);
      if (status !== 200) continue;
      return (body.members ?? []).flatMap((m) => (m.role === 'Owner' ? [m.memberUsername] : []));
    }
    return [];
  };

  it("tells the tutorial's story", async () => {
    const olivia = await here.post('/users', {
      username: 'oliviaowner',
      firstName: 'Olivia',
      lastName: 'Owner',
    });
    expect(olivia.status).to.equal(201);
    const seen = await there.get('/users/oliviaowner');
    expect(seen.body).to.deep.equal(olivia.body);
    expect(seen.body.user).to.include({
      username: 'oliviaowner',
      firstName: 'Olivia',
      lastName: 'Owner',
      version: 1,
    });

    const organization = await there
      .as('oliviaowner')
      .post('/organizations', { organizationName: 'Olivia Org' });
    expect(organization.status).to.equal(201);
    expect(organization.body.organization).to.include({
      organizationName: 'olivia-org',
      displayName: 'Olivia Org',
      foundingUser: 'oliviaowner',
    });

    await here.post('/users', { username: 'membermichael', firstName: 'Michael', lastName: 'Member' });
    const members = '/organizations/olivia-org/members';
    expect(await here.as('oliviaowner').get(`${members}/membermichael`).then(problemOf)).to.equal(
      '404 membership_not_found',
    );
    const added = await there
      .as('oliviaowner')
      .post(members, { memberUsername: 'membermichael', role: 'Member' });
    expect(added.status).to.equal(201);
    const michael = await here.as('membermichael').get(`${members}/membermichael`);
    expect(michael.body.membership).to.include({ memberUsername: 'membermichael', role: 'Member' });
    const owner = await here.as('membermichael').get(`${members}/oliviaowner`);
    expect(owner.body.membership).to.include({ memberUsername: 'oliviaowner', role: 'Owner' });
    const listed = await here.as('membermichael').get(members);
    expect(listed.body.members?.map((member) => member.memberUsername)).to.deep.equal([
      'membermichael',
      'oliviaowner',
    ]);

    const promoted = await there.as('oliviaowner').patch(`${members}/membermichael`, { role: 'Admin' });
    expect(promoted.body.membership).to.include({ role: 'Admin', version: 2 });
    expect((await here.as('oliviaowner').get(`${members}/membermichael`)).body).to.deep.equal(promoted.body);

    expect((await there.as('oliviaowner').delete(`${members}/membermichael`)).status).to.equal(204);
    expect(await here.as('oliviaowner').get(`${members}/membermichael`).then(problemOf)).to.equal(
      '404 membership_not_found',
    );
    expect(await here.as('membermichael').get('/organizations/olivia-org').then(problemOf)).to.equal(
      '404 organization_not_found',
    );
  });

  it('answers on one instance what the other has just acknowledged, round after round', async () => {
    const path = await createOrganization(here, 'Turns', { turnsann: 'Owner', turnsbob: 'Member' });
    const bob = `${path}/members/turnsbob`;
    const see = async (api: ApiClient) => {
      const response = await api.as('turnsann').get(bob);
      return response.body.membership?.role ?? problemOf(response);
    };
    for (let round = 1; round <= rounds; round++) {
      const [writer, reader] = round % 2 === 0 ? [here, there] : [there, here];
      const ann = writer.as('turnsann');
      expect((await ann.patch(bob, { role: 'Admin' })).status).to.equal(200);
      expect(await see(reader), `round ${round}`).to.equal('Admin');
      expect((await ann.delete(bob)).status).to.equal(204);
      expect(await see(reader), `round ${round}`).to.equal('404 membership_not_found');
      expect(await see(writer), `round ${round}`).to.equal('404 membership_not_found');
      const back = await reader
        .as('turnsann')
        .post(`${path}/members`, { memberUsername: 'turnsbob', role: 'Member' });
      expect(back.status, back.text).to.equal(201);
      expect(await see(writer), `round ${round}`).to.equal('Member');
    }
  });

  it('never grants a membership again once its removal was acknowledged, while everybody asks for it', async () => {
    const path = await createOrganization(here, 'Gone', { goneann: 'Owner', gonebob: 'Member' });
    const bob = `${path}/members/gonebob`;
    const granted: string[] = [];
    for (let round = 1; round <= rounds / 2; round++) {
      let isOver = false;
      let removed = false;
      const ask = async (api: ApiClient) => {
        while (!isOver) {
          const wasRemoved = removed;
          const { status } = await api.as('goneann').get(bob);
          if (wasRemoved && status === 200) granted.push(`round ${round}`);
        }
      };
      const asking = [here, there, here, there].map(ask);
      const [remover, adder] = round % 2 === 0 ? [here, there] : [there, here];
      try {
        const response = await remover.as('goneann').delete(bob);
        expect(response.status, response.text).to.equal(204);
        removed = true;
        await Promise.all(times(5, (i) => at(i).as('goneann').get(bob)));
      } finally {
        isOver = true;
        await Promise.all(asking);
      }
      await adder.as('goneann').post(`${path}/members`, { memberUsername: 'gonebob', role: 'Member' });
    }
    expect(granted).to.deep.equal([]);
  });

  it('counts every change of one membership that was acknowledged, whoever makes them at once', async () => {
    const path = await createOrganization(here, 'Race', { raceann: 'Owner', racebob: 'Member' });
    const bob = `${path}/members/racebob`;
    const responses = await Promise.all(
      times(12, (i) =>
        (i % 2 ? here : there).as('raceann').patch(bob, { role: i % 4 < 2 ? 'Admin' : 'Member' }),
      ),
    );
    const refused = responses.filter(({ status }) => status !== 200).map(outcomeOf);
    expect(refused.filter((code) => code !== '409 conflict')).to.deep.equal([]);
    const versions = new Set(responses.flatMap(({ body }) => body.membership?.version ?? []));
    const [seenHere, seenThere] = await Promise.all([here, there].map((api) => api.as('raceann').get(bob)));
    expect(seenHere?.body).to.deep.equal(seenThere?.body);
    expect(seenHere?.body.membership?.version).to.equal(Math.max(...versions));
  });

  it('is ready', async () => {
    for (const api of fleet.instances) {
      const { status, body } = await api.get('/health/ready');
      expect(status).to.equal(200);
      expect(body).to.deep.equal({ status: 'ready', store: { status: 'up' }, cache: { status: 'up' } });
    }
  });

  it('creates one of ten users of the same name who come at once', async () => {
    const same = { username: 'twin', firstName: 'T', lastName: 'W' };
    const responses = await Promise.all(times(10, (i) => at(i).post('/users', same)));
    expect(responses.map(outcomeOf).sort()).to.deep.equal([
      '201',
      ...times(9, () => '409 user_already_exists'),
    ]);
  });

  it('gives one of ten users who come at once the e-mail address that all want', async () => {
    const wanting = (i: number) => ({ username: `wants${i}`, firstName: 'W', lastName: 'T' });
    const responses = await Promise.all(
      times(10, (i) =>
        at(i).post('/users', { ...wanting(i), email: i % 2 ? 'one@example.com' : 'ONE@example.com' }),
      ),
    );
    expect(responses.map(outcomeOf).sort()).to.deep.equal(['201', ...times(9, () => '409 email_taken')]);
  });

  it('creates one of ten organizations of the same name that come at once', async () => {
    await createUsers(here, ...times(10, (i) => `founder${i}`));
    const responses = await Promise.all(
      times(10, (i) => at(i).as(`founder${i}`).post('/organizations', { organizationName: 'The One' })),
    );
    expect(responses.map(outcomeOf).sort()).to.deep.equal([
      '201',
      ...times(9, () => '409 organization_already_exists'),
    ]);
  });

  it('adds a member once, of ten who try at once', async () => {
    const path = await createOrganization(there, 'Once', { onceowner: 'Owner' });
    await createUsers(here, 'oncemember');
    const responses = await Promise.all(
      times(10, (i) =>
        at(i).as('onceowner').post(`${path}/members`, { memberUsername: 'oncemember', role: 'Member' }),
      ),
    );
    expect(responses.map(outcomeOf).sort()).to.deep.equal([
      '201',
      ...times(9, () => '409 membership_already_exists'),
    ]);
  });

  it('keeps an Owner when two demote each other at once', async () => {
    const path = await createOrganization(there, 'Duel', { duelann: 'Owner', duelbob: 'Owner' });
    for (let round = 1; round <= rounds; round++) {
      const responses = await Promise.all([
        here.as('duelann').patch(`${path}/members/duelbob`, { role: 'Member' }),
        there.as('duelbob').patch(`${path}/members/duelann`, { role: 'Member' }),
      ]);
      expect(responses.map(outcomeOf).sort(), `round ${round}`).to.deep.equal(['200', '403 forbidden']);
      const owners = await ownersOf(path, 'duelann');
      expect(owners, `round ${round}`).to.have.length(1);
      const [winner = ''] = owners;
      const loser = winner === 'duelann' ? 'duelbob' : 'duelann';
      expect((await here.as(winner).patch(`${path}/members/${loser}`, { role: 'Owner' })).status).to.equal(
        200,
      );
    }
  });

  it('keeps an Owner when both leave at once', async () => {
    const path = await createOrganization(there, 'Exodus', { exann: 'Owner', exbob: 'Owner' });
    for (let round = 1; round <= rounds; round++) {
      const responses = await Promise.all(
        ['exann', 'exbob'].map((u, i) => at(i).as(u).delete(`${path}/members/${u}`)),
      );
      expect(responses.map(outcomeOf).sort(), `round ${round}`).to.deep.equal(['204', '409 last_owner']);
      const owners = await ownersOf(path, 'exann', 'exbob');
      expect(owners, `round ${round}`).to.have.length(1);
      const [winner = ''] = owners;
      const memberUsername = winner === 'exann' ? 'exbob' : 'exann';
      const back = await here.as(winner).post(`${path}/members`, { memberUsername, role: 'Owner' });
      expect(back.status, back.text).to.equal(201);
    }
  });

  it('answers a hundred mixed reads and writes at once, none of them with a 5xx', async () => {
    const path = await createOrganization(there, 'Busy', {
      busyann: 'Owner',
      busybob: 'Admin',
      busycat: 'Member',
    });
    const ann = here.as('busyann');
    const asks = [
      () => ann.get(`${path}/members/busycat`),
      () => ann.patch(`${path}/members/busycat`, { role: 'Admin' }),
      () => there.as('busybob').patch(`${path}/members/busycat`, { role: 'Member' }),
      () => ann.delete(`${path}/members/busycat`),
      () => ann.post(`${path}/members`, { memberUsername: 'busycat', role: 'Member' }),
      () => ann.get(`${path}/members?limit=2`),
      () => there.as('busycat').get('/users/busycat/organizations'),
      () => there.as('busycat').delete(`${path}/members/busycat`),
      () => ann.get(path),
      () => ann.get('/users/busycat'),
    ];
    const responses = await Promise.all(times(100, (i) => (asks[i % asks.length] ?? asks[0])?.()));
    const failures = responses.filter((response) => response === undefined || response.status >= 500);
    expect(failures.map((response) => response?.text)).to.deep.equal([]);
  });

  it('goes on after the first instance was killed and started again', async () => {
    const path = await createOrganization(here, 'Restart', { restartann: 'Owner', restartbob: 'Member' });
    const bob = `${path}/members/restartbob`;
    const before = await there.as('restartann').get(bob);
    expect(before.status).to.equal(200);
    await fleet.restart();
    [here, there] = fleet.instances;
    const [seenHere, seenThere] = await Promise.all(
      [here, there].map((api) => api.as('restartann').get(bob)),
    );
    if (!fleet.durable) {
      // A new store, in which nobody is known: the cache must not say otherwise.
      expect(seenHere && problemOf(seenHere)).to.equal('401 unauthenticated');
      return;
    }
    expect(seenHere?.body).to.deep.equal(before.body);
    expect(seenThere?.body).to.deep.equal(before.body);
    expect((await here.as('restartann').delete(bob)).status).to.equal(204);
    expect(await there.as('restartann').get(bob).then(problemOf)).to.equal('404 membership_not_found');
  });
}
