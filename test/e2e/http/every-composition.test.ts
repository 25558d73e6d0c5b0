import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import {
  type Answer,
  ApiClient,
  createOrganization,
  createUsers,
  refusalOf,
} from '../../support/api-client.ts';
import { type ComposedService, startComposedService } from '../../support/composed-service.ts';

const ROUNDS = 20;

const outcome = (answer: Answer): string => (answer.status < 400 ? String(answer.status) : refusalOf(answer));

const times = <T>(count: number, make: (i: number) => T): T[] =>
  Array.from({ length: count }, (_, i) => make(i));

for (const STORE of ['memory', 'sqlite']) {
  for (const CACHE of ['none', 'memory']) {
    describe(`over HTTP with STORE=${STORE} CACHE=${CACHE}`, () => {
      let service: ComposedService;
      let api: ApiClient;
      let folder: string;

      before(async () => {
        folder = await mkdtemp(join(tmpdir(), 'rollcall-e2e-'));
        service = await startComposedService({ STORE, CACHE, SQLITE_PATH: join(folder, 'rollcall.db') });
        api = new ApiClient(service.url);
      });

      after(async () => {
        await service.close();
        await rm(folder, { recursive: true });
      });

      const ownersOf = async (path: string, ...askers: string[]): Promise<readonly string[]> => {
        for (const asker of askers) {
          const { status, body } = await api.as(asker).get(`${path}/members`);
          if (status !== 200) continue;
          return (body.members ?? []).flatMap((m) => (m.role === 'Owner' ? [m.memberUsername] : []));
        }
        return [];
      };

      it("tells the tutorial's story", async () => {
        const olivia = await api.post('/users', {
          username: 'oliviaowner',
          firstName: 'Olivia',
          lastName: 'Owner',
        });
        expect(olivia.status).to.equal(201);
        expect(olivia.body.user).to.include({
          username: 'oliviaowner',
          firstName: 'Olivia',
          lastName: 'Owner',
        });

        const organization = await api
          .as('oliviaowner')
          .post('/organizations', { organizationName: 'Olivia Org' });
        expect(organization.status).to.equal(201);
        expect(organization.body.organization).to.include({
          organizationName: 'olivia-org',
          displayName: 'Olivia Org',
          foundingUser: 'oliviaowner',
        });

        await api.post('/users', { username: 'membermichael', firstName: 'Michael', lastName: 'Member' });
        const members = '/organizations/olivia-org/members';
        expect(await api.as('oliviaowner').get(`${members}/membermichael`).then(refusalOf)).to.equal(
          '404 membership_not_found',
        );
        const added = await api
          .as('oliviaowner')
          .post(members, { memberUsername: 'membermichael', role: 'Member' });
        expect(added.status).to.equal(201);

        const michael = await api.as('membermichael').get(`${members}/membermichael`);
        expect(michael.body.membership).to.include({ memberUsername: 'membermichael', role: 'Member' });
        const owner = await api.as('membermichael').get(`${members}/oliviaowner`);
        expect(owner.body.membership).to.include({ memberUsername: 'oliviaowner', role: 'Owner' });

        const promoted = await api.as('oliviaowner').patch(`${members}/membermichael`, { role: 'Admin' });
        expect(promoted.body.membership).to.include({ role: 'Admin', version: 2 });
        const seen = await api.as('oliviaowner').get(`${members}/membermichael`);
        expect(seen.body).to.deep.equal(promoted.body);

        expect((await api.as('oliviaowner').delete(`${members}/membermichael`)).status).to.equal(204);
        expect(await api.as('oliviaowner').get(`${members}/membermichael`).then(refusalOf)).to.equal(
          '404 membership_not_found',
        );
        expect(await api.as('membermichael').get('/organizations/olivia-org').then(refusalOf)).to.equal(
          '404 organization_not_found',
        );
      });

      it('is ready', async () => {
        const { status, body } = await api.get('/health/ready');
        expect(status).to.equal(200);
        expect(body).to.deep.equal({ status: 'ready', store: { status: 'up' }, cache: { status: 'up' } });
      });

      it('creates one of ten users of the same name who come at once', async () => {
        const same = { username: 'twin', firstName: 'T', lastName: 'W' };
        const answers = await Promise.all(times(10, () => api.post('/users', same)));
        expect(answers.map(outcome).sort()).to.deep.equal([
          '201',
          ...times(9, () => '409 user_already_exists'),
        ]);
      });

      it('gives one of ten users who come at once the e-mail address that all want', async () => {
        const wanting = (i: number) => ({ username: `wants${i}`, firstName: 'W', lastName: 'T' });
        const answers = await Promise.all(
          times(10, (i) =>
            api.post('/users', { ...wanting(i), email: i % 2 ? 'one@example.com' : 'ONE@example.com' }),
          ),
        );
        expect(answers.map(outcome).sort()).to.deep.equal(['201', ...times(9, () => '409 email_taken')]);
      });

      it('creates one of ten organizations of the same name that come at once', async () => {
        await createUsers(api, ...times(10, (i) => `founder${i}`));
        const answers = await Promise.all(
          times(10, (i) => api.as(`founder${i}`).post('/organizations', { organizationName: 'The One' })),
        );
        expect(answers.map(outcome).sort()).to.deep.equal([
          '201',
          ...times(9, () => '409 organization_already_exists'),
        ]);
      });

      it('adds a member once, of ten who try at once', async () => {
        const path = await createOrganization(api, 'Once', { onceowner: 'Owner' });
        await createUsers(api, 'oncemember');
        const answers = await Promise.all(
          times(10, () =>
            api.as('onceowner').post(`${path}/members`, { memberUsername: 'oncemember', role: 'Member' }),
          ),
        );
        expect(answers.map(outcome).sort()).to.deep.equal([
          '201',
          ...times(9, () => '409 membership_already_exists'),
        ]);
      });

      it('keeps an Owner when two demote each other at once', async () => {
        const path = await createOrganization(api, 'Duel', { duelann: 'Owner', duelbob: 'Owner' });
        for (let round = 1; round <= ROUNDS; round++) {
          const answers = await Promise.all([
            api.as('duelann').patch(`${path}/members/duelbob`, { role: 'Member' }),
            api.as('duelbob').patch(`${path}/members/duelann`, { role: 'Member' }),
          ]);
          expect(answers.map(outcome).sort(), `round ${round}`).to.deep.equal(['200', '403 forbidden']);
          const owners = await ownersOf(path, 'duelann');
          expect(owners, `round ${round}`).to.have.length(1);
          const [winner = ''] = owners;
          const loser = winner === 'duelann' ? 'duelbob' : 'duelann';
          expect((await api.as(winner).patch(`${path}/members/${loser}`, { role: 'Owner' })).status).to.equal(
            200,
          );
        }
      });

      it('keeps an Owner when both leave at once', async () => {
        const path = await createOrganization(api, 'Exodus', { exann: 'Owner', exbob: 'Owner' });
        for (let round = 1; round <= ROUNDS; round++) {
          const answers = await Promise.all(
            ['exann', 'exbob'].map((u) => api.as(u).delete(`${path}/members/${u}`)),
          );
          expect(answers.map(outcome).sort(), `round ${round}`).to.deep.equal(['204', '409 last_owner']);
          const owners = await ownersOf(path, 'exann', 'exbob');
          expect(owners, `round ${round}`).to.have.length(1);
          const [winner = ''] = owners;
          const memberUsername = winner === 'exann' ? 'exbob' : 'exann';
          const back = await api.as(winner).post(`${path}/members`, { memberUsername, role: 'Owner' });
          expect(back.status, back.text).to.equal(201);
        }
      });

      it('answers a hundred mixed reads and writes at once, none of them with a 5xx', async () => {
        const path = await createOrganization(api, 'Busy', {
          busyann: 'Owner',
          busybob: 'Admin',
          busycat: 'Member',
        });
        const ann = api.as('busyann');
        const asks = [
          () => ann.get(`${path}/members/busycat`),
          () => ann.patch(`${path}/members/busycat`, { role: 'Admin' }),
          () => api.as('busybob').patch(`${path}/members/busycat`, { role: 'Member' }),
          () => ann.delete(`${path}/members/busycat`),
          () => ann.post(`${path}/members`, { memberUsername: 'busycat', role: 'Member' }),
          () => ann.get(`${path}/members?limit=2`),
          () => api.as('busycat').get('/users/busycat/organizations'),
          () => api.as('busycat').delete(`${path}/members/busycat`),
          () => ann.get(path),
          () => ann.get('/users/busycat'),
        ];
        const answers = await Promise.all(times(100, (i) => (asks[i % asks.length] ?? asks[0])?.()));
        const failures = answers.filter((answer) => answer === undefined || answer.status >= 500);
        expect(failures.map((answer) => answer?.text)).to.deep.equal([]);
      });
    });
  }
}
