import { expect } from 'chai';
import {
  type ApiResponse,
  createOrganization,
  createUsers,
  invalidFields,
  problemOf,
} from '../../support/api-client.ts';
import { useEmbeddedService } from '../../support/use-service.ts';

describe('suspension', () => {
  const service = useEmbeddedService();
  const { api } = service;

  before(async () => {
    await createUsers(api, 'outsider');
  });

  const suspend = (path: string, by = service.admin): Promise<ApiResponse> => by.post(`${path}/suspend`, {});
  const resume = (path: string, by = service.admin): Promise<ApiResponse> => by.post(`${path}/resume`, {});
  const check = async (organization: string, username: string) => {
    const { body } = await service.reader.post('/checks', { checks: [{ organization, username }] });
    return body.results?.[0];
  };

  for (const [kind, path] of [
    ['user', '/users/subject'],
    ['organization', '/organizations/subject'],
  ] as const) {
    describe(`of ${kind === 'user' ? 'a user' : 'an organization'}`, () => {
      before(async () => {
        if (kind === 'user') await createUsers(api, 'subject');
        else await createOrganization(api, 'Subject', { subjectowner: 'Owner', subjectmember: 'Member' });
      });

      it('answers with what it is now, and again with the same version', async () => {
        const before = (await service.reader.get(path)).body[kind];
        let version = before?.version ?? 0;
        for (const [ask, status] of [
          [suspend, 'suspended'],
          [resume, 'active'],
        ] as const) {
          version += 1;
          const response = await ask(path);
          expect(response.status, response.text).to.equal(200);
          const { updatedAt } = response.body[kind] ?? {};
          expect(response.body).to.deep.equal({ [kind]: { ...before, status, version, updatedAt } });
          expect(response.headers.get('ETag')).to.equal(`"${version}"`);
          expect((await service.reader.get(path)).body).to.deep.equal(response.body);
          const again = await ask(path);
          expect(again.status).to.equal(200);
          expect(again.body).to.deep.equal(response.body);
        }
        const { body } = await service.reader.get(`${path}/events`);
        expect(
          body.events?.slice(-2).map(({ type, actor, changes }) => ({ type, actor, changes })),
        ).to.deep.equal([
          {
            type: `${kind}.suspended`,
            actor: { type: 'service', name: 'admin' },
            changes: { status: { from: 'active', to: 'suspended' } },
          },
          {
            type: `${kind}.resumed`,
            actor: { type: 'service', name: 'admin' },
            changes: { status: { from: 'suspended', to: 'active' } },
          },
        ]);
      });

      it('is for services with the scope admin in their own name alone', async () => {
        for (const ask of [suspend, resume]) {
          const acting = service.admin.with({ 'On-Behalf-Of': kind === 'user' ? 'subject' : 'subjectowner' });
          const inside = kind === 'user' ? ['subject', 'outsider'] : ['subjectowner', 'subjectmember'];
          for (const by of [service.reader, service.writer, acting, ...inside.map((name) => api.as(name))]) {
            expect(problemOf(await ask(path, by))).to.equal('403 forbidden');
          }
          expect(problemOf(await ask(path, api))).to.equal('401 unauthenticated');
        }
        expect((await service.reader.get(path)).body[kind]?.status).to.equal('active');
      });

      it('is of what is there', async () => {
        const nowhere = path.replace('subject', 'nowhere');
        for (const ask of [suspend, resume]) {
          expect(problemOf(await ask(nowhere))).to.equal(`404 ${kind}_not_found`);
        }
        const outsider = await suspend(path, api.as('outsider'));
        expect(problemOf(outsider)).to.equal(
          kind === 'user' ? '403 forbidden' : '404 organization_not_found',
        );
        expect(invalidFields(await suspend(`/${kind}s/not%20one`))).to.deep.equal([
          `path.${kind === 'user' ? 'username' : 'organization'}`,
        ]);
      });
    });
  }

  describe('of a member', () => {
    it('ends what they may, at once, until they are resumed', async () => {
      const path = await createOrganization(api, 'Paused', {
        pboss: 'Owner',
        paused: 'Admin',
        pother: 'Member',
      });
      const paused = api.as('paused');
      expect((await paused.get(`${path}/members/paused`)).status, 'cached').to.equal(200);
      expect((await suspend('/users/paused')).status).to.equal(200);

      expect(await check('paused', 'paused')).to.deep.equal({ allowed: false, reason: 'user_suspended' });
      expect(problemOf(await api.as('pboss').get(`${path}/members/paused`))).to.equal(
        '404 membership_suspended',
      );
      for (const response of [
        await paused.get('/users/paused'),
        await paused.get('/users/paused/organizations'),
        await paused.get('/users/paused/events'),
        await paused.get(path),
        await paused.get(`${path}/members/paused`),
        await paused.patch('/users/paused', { firstName: 'Still' }),
        await paused.delete('/users/paused'),
        await paused.post('/organizations', { organizationName: 'Escape' }),
        await paused.post(`${path}/members`, { memberUsername: 'outsider', role: 'Member' }),
        await paused.delete(`${path}/members/paused`),
        await paused.post('/checks', { checks: [{ organization: 'paused', username: 'paused' }] }),
      ]) {
        expect(problemOf(response)).to.equal('401 unauthenticated');
      }
      const { body } = await api.as('pboss').get(`${path}/members`);
      expect(body.members?.map((one) => [one.memberUsername, 'status' in one && one.status])).to.deep.equal([
        ['paused', 'suspended'],
        ['pboss', 'active'],
        ['pother', 'active'],
      ]);

      expect((await resume('/users/paused')).status).to.equal(200);
      expect(await check('paused', 'paused')).to.deep.equal({ allowed: true, role: 'Admin', version: 1 });
      expect((await paused.get(`${path}/members/paused`)).body.membership).to.include({ role: 'Admin' });
    });

    it('a suspended user is not added or made Owner, but may be demoted and removed', async () => {
      const path = await createOrganization(api, 'Strict', { strict: 'Owner', resting: 'Admin' });
      const strict = api.as('strict');
      await createUsers(api, 'newcomer');
      for (const username of ['resting', 'newcomer']) await suspend(`/users/${username}`);
      expect(
        problemOf(await strict.post(`${path}/members`, { memberUsername: 'newcomer', role: 'Member' })),
      ).to.equal('403 user_suspended');
      expect(problemOf(await strict.patch(`${path}/members/resting`, { role: 'Owner' }))).to.equal(
        '403 user_suspended',
      );
      expect((await strict.patch(`${path}/members/resting`, { role: 'Member' })).status).to.equal(200);
      expect((await strict.delete(`${path}/members/resting`)).status).to.equal(204);
    });

    it('a suspended Owner still counts as one', async () => {
      const path = await createOrganization(api, 'Counts', { count1: 'Owner', count2: 'Owner' });
      await suspend('/users/count1');
      expect((await api.as('count2').delete(`${path}/members/count2`)).status).to.equal(204);
      expect(problemOf(await service.admin.delete('/users/count1'))).to.equal('409 last_owner');
      await resume('/users/count1');
      expect((await api.as('count1').get(`${path}/members/count1`)).body.membership).to.include({
        role: 'Owner',
      });
    });
  });

  it('of an organization: nobody is in force, its members still read it, nobody changes it', async () => {
    const path = await createOrganization(api, 'Frozen', { fown: 'Owner', fadm: 'Admin', fmem: 'Member' });
    expect((await api.as('fown').get(`${path}/members/fmem`)).status, 'cached').to.equal(200);
    expect((await suspend(path)).status).to.equal(200);

    for (const username of ['fown', 'fadm', 'fmem']) {
      expect(await check('frozen', username)).to.deep.equal({
        allowed: false,
        reason: 'organization_suspended',
      });
      const self = api.as(username);
      expect(problemOf(await self.get(`${path}/members/${username}`))).to.equal('404 membership_suspended');
      expect((await self.get(path)).body.organization).to.include({ status: 'suspended' });
      expect((await self.get(`${path}/members`)).body.members).to.have.length(3);
      expect((await self.get(`/users/${username}/organizations`)).body.memberships).to.have.length(1);
    }
    expect((await api.as('fadm').get(`${path}/events`)).status).to.equal(200);
    expect(problemOf(await api.as('outsider').get(path))).to.equal('404 organization_not_found');

    const owner = api.as('fown');
    for (const response of [
      await owner.patch(path, { displayName: 'Thawed' }),
      await service.admin.patch(path, { displayName: 'Thawed' }),
      await owner.delete(path),
      await owner.post(`${path}/members`, { memberUsername: 'outsider', role: 'Member' }),
      await owner.patch(`${path}/members/fmem`, { role: 'Admin' }),
      await owner.delete(`${path}/members/fmem`),
      await api.as('fmem').delete(`${path}/members/fmem`),
      await owner.post(`${path}/ownership-transfers`, { toUsername: 'fadm' }),
    ]) {
      expect(problemOf(response)).to.equal('403 organization_suspended');
    }
    expect(problemOf(await api.as('outsider').delete(path))).to.equal('404 organization_not_found');

    expect((await resume(path)).status).to.equal(200);
    expect(await check('frozen', 'fmem')).to.deep.equal({ allowed: true, role: 'Member', version: 1 });
    await suspend(path);
    expect((await service.admin.delete(path)).status, 'a service ends it all the same').to.equal(204);
    expect(await check('frozen', 'fmem')).to.include({ reason: 'organization_not_found' });
  });
});
