import { expect } from 'chai';
import {
  createOrganization,
  createUsers,
  invalidFields,
  problemOf,
  type WireEvent,
} from '../../support/api-client.ts';
import { range } from '../../support/range.ts';
import { openSqliteFile } from '../../support/sqlite.ts';
import { useEmbeddedService } from '../../support/use-service.ts';

/** A short form of an event. */
const summary = ({ seq, type, actor, version }: WireEvent) =>
  [seq, type, Object.values(actor).join('/'), version] as const;

describe('events', () => {
  const service = useEmbeddedService();
  const { api } = service;

  before(async () => {
    await createUsers(api, 'stranger');
  });

  const eventsOf = async (path: string, query = '', by = service.reader): Promise<readonly WireEvent[]> => {
    const { status, body, text } = await by.get(`${path}/events${query}`);
    expect(status, text).to.equal(200);
    return body.events ?? [];
  };

  it('have exactly the documented fields', async () => {
    await createUsers(api, 'shape');
    await createOrganization(api, 'Shape', { shaper: 'Owner' });
    await api.as('shaper').post('/organizations/shape/members', { memberUsername: 'shape', role: 'Admin' });
    const id = (await api.get('/users/shape')).body.user?.id;
    const [created, added, ...others] = await eventsOf('/users/shape');
    expect(others).to.deep.equal([]);
    expect(created?.at).to.match(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect(created).to.deep.equal({
      seq: 1,
      type: 'user.created',
      actor: { type: 'anonymous' },
      subject: { type: 'user', username: 'shape', id },
      changes: { firstName: {}, lastName: {} },
      version: 1,
      at: created?.at,
    });
    expect(added).to.deep.equal({
      seq: 2,
      type: 'membership.added',
      actor: { type: 'user', name: 'shaper' },
      subject: { type: 'membership', organizationName: 'shape', username: 'shape' },
      changes: { role: { to: 'Admin' } },
      version: 1,
      at: added?.at,
    });
    const organization = (await service.reader.get('/organizations/shape')).body.organization;
    const [organizationCreated, memberAdded] = await eventsOf('/organizations/shape');
    expect(organizationCreated).to.deep.include({
      type: 'organization.created',
      subject: { type: 'organization', organizationName: 'shape', id: organization?.id },
      changes: { displayName: {}, founder: { to: 'shaper' } },
    });
    expect(memberAdded, 'the same event in both streams').to.deep.equal({ ...added, seq: 2 });
  });

  it('record each change of a user and of an organization once', async () => {
    const path = await createOrganization(api, 'Whole', { ann: 'Owner', bob: 'Member', eve: 'Owner' });
    const ann = api.as('ann');
    await ann.patch('/users/ann', { email: 'ann@example.com', firstName: 'Ann' });
    await service.admin.post('/users/ann/suspend', {});
    await service.admin.post('/users/ann/resume', {});
    await ann.patch(path, { displayName: 'Whole & Co' });
    await service.admin.post(`${path}/suspend`, {});
    await service.admin.post(`${path}/resume`, {});
    await ann.patch(`${path}/members/bob`, { role: 'Admin' });
    await service.writer.with({ 'On-Behalf-Of': 'ann' }).patch(`${path}/members/bob`, { role: 'Member' });
    await ann.post(`${path}/ownership-transfers`, { toUsername: 'bob' });
    await api.as('eve').delete('/users/eve');
    await ann.delete(`${path}/members/ann`);

    const expected = [
      [1, 'organization.created', 'user/ann', 1],
      [2, 'membership.added', 'user/ann', 1],
      [3, 'membership.added', 'user/ann', 1],
      [4, 'organization.updated', 'user/ann', 3],
      [5, 'organization.suspended', 'service/admin', 4],
      [6, 'organization.resumed', 'service/admin', 5],
      [7, 'membership.role_changed', 'user/ann', 2],
      [8, 'membership.role_changed', 'service/writer/ann', 3],
      [9, 'ownership.transferred', 'user/ann', 6],
      [10, 'membership.removed', 'user/eve', 1],
      [11, 'membership.removed', 'user/ann', 3],
    ];
    const events = await eventsOf(path);
    expect(events.map(summary)).to.deep.equal(expected);
    expect(events.map(({ changes }) => changes)).to.deep.equal([
      { displayName: {}, founder: { to: 'ann' } },
      { role: { to: 'Member' } },
      { role: { to: 'Owner' } },
      { displayName: {} },
      { status: { from: 'active', to: 'suspended' } },
      { status: { from: 'suspended', to: 'active' } },
      { role: { from: 'Member', to: 'Admin' } },
      { role: { from: 'Admin', to: 'Member' } },
      { owner: { from: 'ann', to: 'bob' } },
      { role: { from: 'Owner' } },
      { role: { from: 'Admin' } },
    ]);
    expect((await eventsOf('/users/ann')).map(summary)).to.deep.equal([
      [1, 'user.created', 'anonymous', 1],
      [2, 'organization.created', 'user/ann', 1],
      [3, 'user.updated', 'user/ann', 3],
      [4, 'user.suspended', 'service/admin', 4],
      [5, 'user.resumed', 'service/admin', 5],
      [6, 'ownership.transferred', 'user/ann', 6],
      [7, 'membership.removed', 'user/ann', 3],
    ]);
    expect((await eventsOf('/users/bob')).map(({ type }) => type)).to.deep.equal([
      'user.created',
      'membership.added',
      'membership.role_changed',
      'membership.role_changed',
      'ownership.transferred',
    ]);
  });

  it('name the changed personal fields without their values', async () => {
    const personalData = { firstName: 'Seekrit', lastName: 'Pryvat', email: 'hidden@example.com' };
    await api.post('/users', { username: 'modest', ...personalData });
    await api
      .as('modest')
      .patch('/users/modest', { firstName: 'Veiled', lastName: 'Kovert', email: 'masked@example.com' });
    await api.as('modest').patch('/users/modest', { email: null });
    const events = await eventsOf('/users/modest');
    expect(events.map(({ changes }) => changes)).to.deep.equal([
      { firstName: {}, lastName: {}, email: {} },
      { firstName: {}, lastName: {}, email: {} },
      { email: {} },
    ]);
    expect(JSON.stringify(events)).to.not.match(/Seekrit|Pryvat|Veiled|Kovert|@example/);
  });

  it('are not recorded for no-op, rejected and invalid requests', async () => {
    const { path, name, owner, member } = await service.organization({ owner: 'Owner', member: 'Member' });
    const allEvents = () => Promise.all([path, owner.path, member.path].map((stream) => eventsOf(stream)));
    const before = await allEvents();
    for (const { status } of [
      await owner.patch(owner.path, {}),
      await owner.patch(path, { displayName: name }),
      await owner.patch(`${path}/members/${member.username}`, { role: 'Member' }),
      await service.admin.post(`${path}/resume`, {}),
      await service.admin.post(`${member.path}/resume`, {}),
    ]) {
      expect(status).to.equal(200);
    }
    expect(problemOf(await owner.delete(owner.path))).to.equal('409 last_owner');
    expect(problemOf(await member.patch(path, { displayName: 'X' }))).to.equal('403 forbidden');
    expect(invalidFields(await owner.patch(path, {}))).to.deep.equal(['displayName']);
    expect(problemOf(await owner.with({ 'If-Match': '"9"' }).delete(path))).to.equal('412 version_mismatch');
    expect(await allEvents()).to.deep.equal(before);
  });

  it('are numbered without gaps during concurrent changes', async () => {
    const usernames = range(1, 12).map((i) => `busy${i}`);
    const members = usernames.map((username) => [username, 'Member'] as const);
    const path = await createOrganization(api, 'Busy', { busy: 'Owner', ...Object.fromEntries(members) });
    const responses = await Promise.all(
      usernames.flatMap((username) => [
        api.as('busy').patch(`${path}/members/${username}`, { role: 'Admin' }),
        api.as(username).patch(`/users/${username}`, { firstName: 'Busy' }),
      ]),
    );
    // A change that loses to too many others is rejected and has no effect.
    const changed = responses.filter(({ status }) => status === 200).length;
    expect(responses.filter(({ status }) => status !== 200).map(problemOf)).to.deep.equal(
      Array(responses.length - changed).fill('409 conflict'),
    );
    const ofOrganization = await eventsOf(path, '?limit=100');
    expect(ofOrganization.map(({ seq }) => seq)).to.deep.equal(range(1, ofOrganization.length));
    let ofUsers = 0;
    for (const username of usernames) {
      const events = await eventsOf(`/users/${username}`);
      expect(events.map(({ seq }) => seq)).to.deep.equal(range(1, events.length));
      ofUsers += events.filter(({ type }) => type === 'user.updated').length;
    }
    const roles = ofOrganization.filter(({ type }) => type === 'membership.role_changed');
    expect(roles.length + ofUsers).to.equal(changed);
  });
});

describe('events of a deleted user and a deleted organization', () => {
  let file = '';
  const service = useEmbeddedService(async (path) => {
    file = path;
  });

  it('end with the deletion', async () => {
    await createOrganization(service.api, 'Last', { last: 'Owner' });
    const organization = (await service.reader.get('/organizations/last')).body.organization?.id ?? '';
    const user = (await service.reader.get('/users/last')).body.user?.id ?? '';
    await service.api.as('last').delete('/organizations/last');
    await service.admin.delete('/users/last');
    expect(problemOf(await service.reader.get('/users/last/events'))).to.equal('404 user_not_found');
    await service.stop();
    const store = await openSqliteFile(file);
    const lastOf = async (kind: 'organization' | 'user', id: string) =>
      (await store.listEvents({ kind, id }, 0, 100, performance.now() + 1000)).at(-1);
    const ends = [await lastOf('organization', organization), await lastOf('user', user)];
    store.close();
    const subject = { organizationName: 'last', type: 'organization', id: organization };
    const actor = { type: 'user', name: 'last' };
    expect(ends[0]).to.deep.include({ seq: 2, type: 'organization.deleted', actor, subject, changes: {} });
    expect(ends[1]).to.deep.include({
      seq: 3,
      type: 'user.deleted',
      actor: { type: 'service', name: 'admin' },
    });
  });
});
