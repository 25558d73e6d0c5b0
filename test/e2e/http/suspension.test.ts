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

  for (const [kind, path] of [
    ['user', '/users/subject'],
    ['organization', '/organizations/subject'],
  ] as const) {
    describe(`of ${kind === 'user' ? 'a user' : 'an organization'}`, () => {
      before(async () => {
        if (kind === 'user') await createUsers(api, 'subject');
        else await createOrganization(api, 'Subject', { subjectowner: 'Owner', subjectmember: 'Member' });
      });

      it('returns the new state, and the same version when it is repeated', async () => {
        const before = (await service.reader.get(path)).body[kind];
        let version = before?.version ?? 0;
        for (const [change, status] of [
          [suspend, 'suspended'],
          [resume, 'active'],
        ] as const) {
          version += 1;
          const response = await change(path);
          expect(response.status, response.text).to.equal(200);
          const { updatedAt } = response.body[kind] ?? {};
          expect(response.body).to.deep.equal({ [kind]: { ...before, status, version, updatedAt } });
          expect(response.headers.get('ETag')).to.equal(`"${version}"`);
          expect((await service.reader.get(path)).body).to.deep.equal(response.body);
          const again = await change(path);
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

      it('is allowed only for services with the scope admin that act for themselves', async () => {
        for (const change of [suspend, resume]) {
          const onBehalf = service.admin.with({
            'On-Behalf-Of': kind === 'user' ? 'subject' : 'subjectowner',
          });
          const usernames = kind === 'user' ? ['subject', 'outsider'] : ['subjectowner', 'subjectmember'];
          for (const by of [
            service.reader,
            service.writer,
            onBehalf,
            ...usernames.map((name) => api.as(name)),
          ]) {
            expect(problemOf(await change(path, by))).to.equal('403 forbidden');
          }
          expect(problemOf(await change(path, api))).to.equal('401 unauthenticated');
        }
        expect((await service.reader.get(path)).body[kind]?.status).to.equal('active');
      });

      it('returns 404 for a resource that does not exist', async () => {
        const missing = path.replace('subject', 'nowhere');
        for (const change of [suspend, resume]) {
          expect(problemOf(await change(missing))).to.equal(`404 ${kind}_not_found`);
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
    it('withdraws all permissions at once, until the user is resumed', async () => {
      const { path, name, owner, admin, member } = await service.organization({
        owner: 'Owner',
        admin: 'Admin',
        member: 'Member',
      });
      const membership = `${path}/members/${admin.username}`;
      expect((await admin.get(membership)).status, 'cached').to.equal(200);
      expect((await suspend(admin.path)).status).to.equal(200);

      expect(await service.check(name, admin.username)).to.deep.equal({
        allowed: false,
        reason: 'user_suspended',
      });
      expect(problemOf(await owner.get(membership))).to.equal('404 membership_suspended');
      for (const response of [
        await admin.get(admin.path),
        await admin.get(`${admin.path}/organizations`),
        await admin.get(`${admin.path}/events`),
        await admin.get(path),
        await admin.get(membership),
        await admin.patch(admin.path, { firstName: 'Still' }),
        await admin.delete(admin.path),
        await admin.post('/organizations', { organizationName: 'Escape' }),
        await admin.post(`${path}/members`, { memberUsername: 'outsider', role: 'Member' }),
        await admin.delete(membership),
        await admin.post('/checks', { checks: [{ organization: name, username: admin.username }] }),
      ]) {
        expect(problemOf(response)).to.equal('401 unauthenticated');
      }
      const { body } = await owner.get(`${path}/members`);
      expect(body.members?.map((one) => [one.memberUsername, 'status' in one && one.status])).to.deep.equal([
        [admin.username, 'suspended'],
        [member.username, 'active'],
        [owner.username, 'active'],
      ]);

      expect((await resume(admin.path)).status).to.equal(200);
      expect(await service.check(name, admin.username)).to.deep.equal({
        allowed: true,
        role: 'Admin',
        version: 1,
      });
      expect((await admin.get(membership)).body.membership).to.include({ role: 'Admin' });
    });

    it('prevents adding the user and promoting the user to Owner, but not demotion and removal', async () => {
      const { path, owner, admin } = await service.organization({ owner: 'Owner', admin: 'Admin' });
      const newcomer = await service.user();
      for (const user of [admin, newcomer]) await suspend(user.path);
      const membership = `${path}/members/${admin.username}`;
      expect(
        problemOf(await owner.post(`${path}/members`, { memberUsername: newcomer.username, role: 'Member' })),
      ).to.equal('403 user_suspended');
      expect(problemOf(await owner.patch(membership, { role: 'Owner' }))).to.equal('403 user_suspended');
      expect((await owner.patch(membership, { role: 'Member' })).status).to.equal(200);
      expect((await owner.delete(membership)).status).to.equal(204);
    });

    it('does not change who is an Owner', async () => {
      const { path, ann, bob } = await service.organization({ ann: 'Owner', bob: 'Owner' });
      await suspend(ann.path);
      expect((await bob.delete(`${path}/members/${bob.username}`)).status).to.equal(204);
      expect(problemOf(await service.admin.delete(ann.path))).to.equal('409 last_owner');
      await resume(ann.path);
      const { body } = await ann.get(`${path}/members/${ann.username}`);
      expect(body.membership).to.include({ role: 'Owner' });
    });
  });

  it('of an organization makes memberships ineffective and rejects changes, while members can still read', async () => {
    const { path, name, owner, admin, member } = await service.organization({
      owner: 'Owner',
      admin: 'Admin',
      member: 'Member',
    });
    const membership = `${path}/members/${member.username}`;
    expect((await owner.get(membership)).status, 'cached').to.equal(200);
    expect((await suspend(path)).status).to.equal(200);

    for (const self of [owner, admin, member]) {
      expect(await service.check(name, self.username)).to.deep.equal({
        allowed: false,
        reason: 'organization_suspended',
      });
      expect(problemOf(await self.get(`${path}/members/${self.username}`))).to.equal(
        '404 membership_suspended',
      );
      expect((await self.get(path)).body.organization).to.include({ status: 'suspended' });
      expect((await self.get(`${path}/members`)).body.members).to.have.length(3);
      expect((await self.get(`${self.path}/organizations`)).body.memberships).to.have.length(1);
    }
    expect((await admin.get(`${path}/events`)).status).to.equal(200);
    expect(problemOf(await api.as('outsider').get(path))).to.equal('404 organization_not_found');

    for (const response of [
      await owner.patch(path, { displayName: 'Thawed' }),
      await service.admin.patch(path, { displayName: 'Thawed' }),
      await owner.delete(path),
      await owner.post(`${path}/members`, { memberUsername: 'outsider', role: 'Member' }),
      await owner.patch(membership, { role: 'Admin' }),
      await owner.delete(membership),
      await member.delete(membership),
      await owner.post(`${path}/ownership-transfers`, { toUsername: admin.username }),
    ]) {
      expect(problemOf(response)).to.equal('403 organization_suspended');
    }
    expect(problemOf(await api.as('outsider').delete(path))).to.equal('404 organization_not_found');

    expect((await resume(path)).status).to.equal(200);
    expect(await service.check(name, member.username)).to.deep.equal({
      allowed: true,
      role: 'Member',
      version: 1,
    });
    await suspend(path);
    expect((await service.admin.delete(path)).status, 'a service can still delete it').to.equal(204);
    expect(await service.check(name, member.username)).to.include({ reason: 'organization_not_found' });
  });
});
