import { expect } from 'chai';
import {
  type ApiClient,
  createOrganization,
  createUsers,
  outcomeOf,
  problemOf,
} from '../../support/api-client.ts';
import { times } from '../../support/range.ts';
import type { FleetUnderTest } from '../../support/use-fleet.ts';
import type { ScenarioOptions } from './pair.ts';

/** The behaviour over HTTP that is the same on every store and cache. */
export function accountScenario(fleet: FleetUnderTest, { rounds, durable }: ScenarioOptions): void {
  const { instanceA, instanceB, at } = fleet;

  const ownersOf = async (path: string, ...callers: string[]): Promise<readonly string[]> => {
    for (const caller of callers) {
      const { status, body } = await instanceB.as(caller).get(`${path}/members`);
      if (status !== 200) continue;
      return (body.members ?? []).flatMap((m) => (m.role === 'Owner' ? [m.memberUsername] : []));
    }
    return [];
  };

  it('creates an organization, adds, promotes and removes a member', async () => {
    const olivia = await instanceA.post('/users', {
      username: 'oliviaowner',
      firstName: 'Olivia',
      lastName: 'Owner',
    });
    expect(olivia.status).to.equal(201);
    const found = await instanceB.get('/users/oliviaowner');
    expect(found.body).to.deep.equal(olivia.body);
    expect(found.body.user).to.include({
      username: 'oliviaowner',
      firstName: 'Olivia',
      lastName: 'Owner',
      version: 1,
    });

    const organization = await instanceB
      .as('oliviaowner')
      .post('/organizations', { organizationName: 'Olivia Org' });
    expect(organization.status).to.equal(201);
    expect(organization.body.organization).to.include({
      organizationName: 'olivia-org',
      displayName: 'Olivia Org',
      foundingUser: 'oliviaowner',
    });

    await instanceA.post('/users', { username: 'membermichael', firstName: 'Michael', lastName: 'Member' });
    const members = '/organizations/olivia-org/members';
    expect(await instanceA.as('oliviaowner').get(`${members}/membermichael`).then(problemOf)).to.equal(
      '404 membership_not_found',
    );
    const added = await instanceB
      .as('oliviaowner')
      .post(members, { memberUsername: 'membermichael', role: 'Member' });
    expect(added.status).to.equal(201);
    const michael = await instanceA.as('membermichael').get(`${members}/membermichael`);
    expect(michael.body.membership).to.include({ memberUsername: 'membermichael', role: 'Member' });
    const owner = await instanceA.as('membermichael').get(`${members}/oliviaowner`);
    expect(owner.body.membership).to.include({ memberUsername: 'oliviaowner', role: 'Owner' });
    const listed = await instanceA.as('membermichael').get(members);
    expect(listed.body.members?.map((member) => member.memberUsername)).to.deep.equal([
      'membermichael',
      'oliviaowner',
    ]);

    const promoted = await instanceB.as('oliviaowner').patch(`${members}/membermichael`, { role: 'Admin' });
    expect(promoted.body.membership).to.include({ role: 'Admin', version: 2 });
    expect((await instanceA.as('oliviaowner').get(`${members}/membermichael`)).body).to.deep.equal(
      promoted.body,
    );

    expect((await instanceB.as('oliviaowner').delete(`${members}/membermichael`)).status).to.equal(204);
    expect(await instanceA.as('oliviaowner').get(`${members}/membermichael`).then(problemOf)).to.equal(
      '404 membership_not_found',
    );
    expect(await instanceA.as('membermichael').get('/organizations/olivia-org').then(problemOf)).to.equal(
      '404 organization_not_found',
    );
  });

  it('shows on each instance what the other one has acknowledged', async () => {
    const path = await createOrganization(instanceA, 'Turns', { turnsann: 'Owner', turnsbob: 'Member' });
    const bob = `${path}/members/turnsbob`;
    const roleOrError = async (api: ApiClient) => {
      const response = await api.as('turnsann').get(bob);
      return response.body.membership?.role ?? problemOf(response);
    };
    for (let round = 1; round <= rounds; round++) {
      const [writer, reader] = round % 2 === 0 ? [instanceA, instanceB] : [instanceB, instanceA];
      const ann = writer.as('turnsann');
      expect((await ann.patch(bob, { role: 'Admin' })).status).to.equal(200);
      expect(await roleOrError(reader), `round ${round}`).to.equal('Admin');
      expect((await ann.delete(bob)).status).to.equal(204);
      expect(await roleOrError(reader), `round ${round}`).to.equal('404 membership_not_found');
      expect(await roleOrError(writer), `round ${round}`).to.equal('404 membership_not_found');
      const back = await reader
        .as('turnsann')
        .post(`${path}/members`, { memberUsername: 'turnsbob', role: 'Member' });
      expect(back.status, back.text).to.equal(201);
      expect(await roleOrError(writer), `round ${round}`).to.equal('Member');
    }
  });

  it('never grants a membership after its removal was acknowledged, during concurrent reads', async () => {
    const path = await createOrganization(instanceA, 'Gone', { goneann: 'Owner', gonebob: 'Member' });
    const bob = `${path}/members/gonebob`;
    const granted: string[] = [];
    for (let round = 1; round <= rounds / 2; round++) {
      let isOver = false;
      let removed = false;
      const readUntilOver = async (api: ApiClient) => {
        while (!isOver) {
          const wasRemoved = removed;
          const { status } = await api.as('goneann').get(bob);
          if (wasRemoved && status === 200) granted.push(`round ${round}`);
        }
      };
      const reads = [instanceA, instanceB, instanceA, instanceB].map(readUntilOver);
      const [remover, adder] = round % 2 === 0 ? [instanceA, instanceB] : [instanceB, instanceA];
      try {
        const response = await remover.as('goneann').delete(bob);
        expect(response.status, response.text).to.equal(204);
        removed = true;
        await Promise.all(times(5, (i) => at(i).as('goneann').get(bob)));
      } finally {
        isOver = true;
        await Promise.all(reads);
      }
      await adder.as('goneann').post(`${path}/members`, { memberUsername: 'gonebob', role: 'Member' });
    }
    expect(granted).to.deep.equal([]);
  });

  it('increments the version for every acknowledged one of concurrent changes', async () => {
    const path = await createOrganization(instanceA, 'Race', { raceann: 'Owner', racebob: 'Member' });
    const bob = `${path}/members/racebob`;
    const responses = await Promise.all(
      times(12, (i) =>
        (i % 2 ? instanceA : instanceB).as('raceann').patch(bob, { role: i % 4 < 2 ? 'Admin' : 'Member' }),
      ),
    );
    const rejected = responses.filter(({ status }) => status !== 200).map(outcomeOf);
    expect(rejected.filter((code) => code !== '409 conflict')).to.deep.equal([]);
    const versions = new Set(responses.flatMap(({ body }) => body.membership?.version ?? []));
    const [seenOnA, seenOnB] = await Promise.all(
      [instanceA, instanceB].map((api) => api.as('raceann').get(bob)),
    );
    expect(seenOnA?.body).to.deep.equal(seenOnB?.body);
    expect(seenOnA?.body.membership?.version).to.equal(Math.max(...versions));
  });

  it('is ready', async () => {
    for (const api of [instanceA, instanceB]) {
      const { status, body } = await api.get('/health/ready');
      expect(status).to.equal(200);
      expect(body).to.deep.equal({ status: 'ready', store: { status: 'up' }, cache: { status: 'up' } });
    }
  });

  it('creates one of ten users with the same name that are sent concurrently', async () => {
    const same = { username: 'twin', firstName: 'T', lastName: 'W' };
    const responses = await Promise.all(times(10, (i) => at(i).post('/users', same)));
    expect(responses.map(outcomeOf).sort()).to.deep.equal([
      '201',
      ...times(9, () => '409 user_already_exists'),
    ]);
  });

  it('creates one of ten users with the same e-mail address that are sent concurrently', async () => {
    const newUser = (i: number) => ({ username: `wants${i}`, firstName: 'W', lastName: 'T' });
    const responses = await Promise.all(
      times(10, (i) =>
        at(i).post('/users', { ...newUser(i), email: i % 2 ? 'one@example.com' : 'ONE@example.com' }),
      ),
    );
    expect(responses.map(outcomeOf).sort()).to.deep.equal(['201', ...times(9, () => '409 email_taken')]);
  });

  it('creates one of ten organizations with the same name that are sent concurrently', async () => {
    await createUsers(instanceA, ...times(10, (i) => `creator${i}`));
    const responses = await Promise.all(
      times(10, (i) => at(i).as(`creator${i}`).post('/organizations', { organizationName: 'The One' })),
    );
    expect(responses.map(outcomeOf).sort()).to.deep.equal([
      '201',
      ...times(9, () => '409 organization_already_exists'),
    ]);
  });

  it('adds a member once for ten concurrent requests', async () => {
    const path = await createOrganization(instanceB, 'Once', { onceowner: 'Owner' });
    await createUsers(instanceA, 'oncemember');
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

  it('keeps an Owner when two Owners demote each other concurrently', async () => {
    const path = await createOrganization(instanceB, 'Duel', { duelann: 'Owner', duelbob: 'Owner' });
    for (let round = 1; round <= rounds; round++) {
      const responses = await Promise.all([
        instanceA.as('duelann').patch(`${path}/members/duelbob`, { role: 'Member' }),
        instanceB.as('duelbob').patch(`${path}/members/duelann`, { role: 'Member' }),
      ]);
      expect(responses.map(outcomeOf).sort(), `round ${round}`).to.deep.equal(['200', '403 forbidden']);
      const owners = await ownersOf(path, 'duelann');
      expect(owners, `round ${round}`).to.have.length(1);
      const [winner = ''] = owners;
      const loser = winner === 'duelann' ? 'duelbob' : 'duelann';
      expect(
        (await instanceA.as(winner).patch(`${path}/members/${loser}`, { role: 'Owner' })).status,
      ).to.equal(200);
    }
  });

  it('keeps an Owner when both leave concurrently', async () => {
    const path = await createOrganization(instanceB, 'Exodus', { exann: 'Owner', exbob: 'Owner' });
    for (let round = 1; round <= rounds; round++) {
      const responses = await Promise.all(
        ['exann', 'exbob'].map((u, i) => at(i).as(u).delete(`${path}/members/${u}`)),
      );
      expect(responses.map(outcomeOf).sort(), `round ${round}`).to.deep.equal(['204', '409 last_owner']);
      const owners = await ownersOf(path, 'exann', 'exbob');
      expect(owners, `round ${round}`).to.have.length(1);
      const [winner = ''] = owners;
      const memberUsername = winner === 'exann' ? 'exbob' : 'exann';
      const back = await instanceA.as(winner).post(`${path}/members`, { memberUsername, role: 'Owner' });
      expect(back.status, back.text).to.equal(201);
    }
  });

  it('answers a hundred concurrent reads and writes without a 5xx', async () => {
    const path = await createOrganization(instanceB, 'Busy', {
      busyann: 'Owner',
      busybob: 'Admin',
      busycat: 'Member',
    });
    const ann = instanceA.as('busyann');
    const requests = [
      () => ann.get(`${path}/members/busycat`),
      () => ann.patch(`${path}/members/busycat`, { role: 'Admin' }),
      () => instanceB.as('busybob').patch(`${path}/members/busycat`, { role: 'Member' }),
      () => ann.delete(`${path}/members/busycat`),
      () => ann.post(`${path}/members`, { memberUsername: 'busycat', role: 'Member' }),
      () => ann.get(`${path}/members?limit=2`),
      () => instanceB.as('busycat').get('/users/busycat/organizations'),
      () => instanceB.as('busycat').delete(`${path}/members/busycat`),
      () => ann.get(path),
      () => ann.get('/users/busycat'),
    ];
    const responses = await Promise.all(
      times(100, (i) => (requests[i % requests.length] ?? requests[0])?.()),
    );
    const failures = responses.filter((response) => response === undefined || response.status >= 500);
    expect(failures.map((response) => response?.text)).to.deep.equal([]);
  });

  it('continues after the first instance was killed and restarted', async () => {
    const path = await createOrganization(instanceA, 'Restart', {
      restartann: 'Owner',
      restartbob: 'Member',
    });
    const bob = `${path}/members/restartbob`;
    const before = await instanceB.as('restartann').get(bob);
    expect(before.status).to.equal(200);
    await fleet.restart();
    const [seenOnA, seenOnB] = await Promise.all(
      [instanceA, instanceB].map((api) => api.as('restartann').get(bob)),
    );
    if (!durable) {
      // The new store is empty, and the cache must not be used for it.
      expect(seenOnA && problemOf(seenOnA)).to.equal('401 unauthenticated');
      return;
    }
    expect(seenOnA?.body).to.deep.equal(before.body);
    expect(seenOnB?.body).to.deep.equal(before.body);
    expect((await instanceA.as('restartann').delete(bob)).status).to.equal(204);
    expect(await instanceB.as('restartann').get(bob).then(problemOf)).to.equal('404 membership_not_found');
  });
}
