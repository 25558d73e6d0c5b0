import { expect } from 'chai';
import { type ApiClient, createUsers, invalidFields, problemOf } from '../../support/api-client.ts';
import { isReplay, replayedParts } from '../../support/replays.ts';
import { useEmbeddedService } from '../../support/use-service.ts';

describe('Idempotency-Key', () => {
  const service = useEmbeddedService();
  const { api } = service;

  const keyed = (client: ApiClient, key = 'key') => client.with({ 'Idempotency-Key': key });

  /** An organization whose members send every request with the key "key". */
  async function company() {
    const { path, name, ann, bob, cat } = await service.organization({
      ann: 'Owner',
      bob: 'Admin',
      cat: 'Member',
    });
    const usernames = { ann: ann.username, bob: bob.username, cat: cat.username };
    return { path, name, ann: keyed(ann), bob: keyed(bob), cat: keyed(cat), usernames };
  }
  const versionOf = async (path: string, by: ApiClient) => (await by.get(path)).headers.get('ETag');

  for (const [what, key] of Object.entries({
    'an empty key': '',
    'a key of 256 characters': 'k'.repeat(256),
    'a key that is not ASCII': 'clé',
    'a key with a space': 'a key',
    'a key with a tab': 'a\tkey',
  })) {
    it(`rejects ${what} and changes nothing`, async () => {
      const { ann, path } = await company();
      for (const response of [
        await keyed(ann, key).patch(path, { displayName: 'New' }),
        await keyed(ann, key).post('/organizations', { organizationName: 'New' }),
        await keyed(ann, key).delete(path),
      ]) {
        expect(invalidFields(response)).to.deep.equal(['header.Idempotency-Key']);
      }
      expect(await versionOf(path, ann)).to.equal('"1"');
    });
  }

  for (const key of ['k', 'k'.repeat(255), '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~', '__proto__']) {
    it(`accepts ${key.slice(0, 40)}`, async () => {
      const { ann, path } = await company();
      const first = await keyed(ann, key).patch(path, { displayName: 'New' });
      const second = await keyed(ann, key).patch(path, { displayName: 'New' });
      expect([first, second].map(isReplay)).to.deep.equal([false, true]);
      expect(replayedParts(second)).to.deep.equal(replayedParts(first));
    });
  }

  it('distinguishes keys by case and by the last character', async () => {
    const { ann, path } = await company();
    const keys = ['Key', 'key', 'KEY', `${'k'.repeat(254)}1`, `${'k'.repeat(254)}2`];
    for (const [i, key] of keys.entries()) {
      const response = await keyed(ann, key).patch(path, { displayName: `New ${i}` });
      expect(replayedParts(response)).to.include({ status: 200, etag: `"${i + 2}"` });
    }
  });

  it('is ignored by requests that only read', async () => {
    const { ann, path, name, usernames } = await company();
    await ann.patch(path, { displayName: 'New' });
    for (const client of [ann, keyed(ann, 'not a key')]) {
      const read = await client.get(path);
      expect(read.status).to.equal(200);
      expect(isReplay(read)).to.equal(false);
      expect((await client.head(path)).status).to.equal(200);
    }
    const checks = (role: string) => ({
      checks: [{ organization: name, username: usernames.ann, role }],
    });
    for (const role of ['Owner', 'Member', 'Owner']) {
      const checked = await ann.post('/checks', checks(role));
      expect(checked.status, checked.text).to.equal(200);
      expect(isReplay(checked)).to.equal(false);
    }
  });

  it('recognizes the same request in another spelling', async () => {
    const { ann, path, usernames } = await company();
    const dan = (await service.user()).username;
    const member = `{"memberUsername":"${dan}","role":"Member"}`;
    const json = ann.with({ 'Content-Type': 'application/json' });
    const first = await json.send('POST', `${path}/members`, member);
    expect(first.status, first.text).to.equal(201);
    const other = ` { "role": "Mem\\u0062er",\n"memberUsername" : "${dan.toUpperCase()}" } `;
    const second = await json.send('POST', `${path}/members`, other);
    expect(isReplay(second), second.text).to.equal(true);
    expect(replayedParts(second)).to.deep.equal(replayedParts(first));
    const removed = await keyed(ann, 'removal').delete(`${path}/members/${usernames.cat}`);
    const again = await keyed(ann, 'removal').delete(`${path}/members/${usernames.cat.toUpperCase()}`);
    expect([removed.status, again.status, isReplay(again)]).to.deep.equal([204, 204, true]);
  });

  it('distinguishes paths, methods, and a missing field from null', async () => {
    const { ann, path, usernames } = await company();
    await ann.patch(`${path}/members/${usernames.bob}`, { role: 'Member' });
    for (const other of [
      await ann.patch(`${path}/members/${usernames.cat}`, { role: 'Member' }),
      await ann.delete(`${path}/members/${usernames.bob}`),
      await ann.patch(path, { displayName: 'New' }),
    ]) {
      expect(problemOf(other)).to.equal('422 idempotency_key_reused');
    }
    const me = keyed(ann, 'me');
    const user = `/users/${usernames.ann}`;
    await me.patch(user, { firstName: 'New' });
    expect(problemOf(await me.patch(user, { firstName: 'New', email: null }))).to.equal(
      '422 idempotency_key_reused',
    );
  });

  it('is checked before authorization: a former member or Admin gets the first response again', async () => {
    const { path, bob, cat, usernames } = await company();
    const leave = () => cat.delete(`${path}/members/${usernames.cat}`);
    expect((await leave()).status).to.equal(204);
    const left = await leave();
    expect([left.status, isReplay(left)]).to.deep.equal([204, true]);
    expect(problemOf(await keyed(cat, 'other').delete(`${path}/members/${usernames.cat}`))).to.equal(
      '404 organization_not_found',
    );

    const resign = () => bob.patch(`${path}/members/${usernames.bob}`, { role: 'Member' });
    const first = await resign();
    expect(first.status).to.equal(200);
    expect(replayedParts(await resign())).to.deep.equal(replayedParts(first));
    expect(
      problemOf(await keyed(bob, 'x').patch(`${path}/members/${usernames.bob}`, { role: 'Admin' })),
    ).to.equal('403 forbidden');
  });

  it('is checked after authentication: a deleted user gets no response again', async () => {
    const { cat, usernames } = await company();
    const leave = () => cat.delete(`/users/${usernames.cat}`);
    expect((await leave()).status).to.equal(204);
    expect(problemOf(await leave())).to.equal('401 unauthenticated');
    await createUsers(api, usernames.cat);
    expect(isReplay(await leave())).to.equal(false);
  });

  it('is scoped to its sender: others can use the same key for other requests', async () => {
    const { ann, bob, path, usernames } = await company();
    const forAnn = keyed(service.writer).with({ 'On-Behalf-Of': usernames.ann });
    const forBob = keyed(service.writer).with({ 'On-Behalf-Of': usernames.bob });
    const senders = [ann, bob, forAnn, forBob, keyed(service.admin)];
    for (const [i, sender] of senders.entries()) {
      const response = await sender.patch(path, { displayName: `New ${i}` });
      expect([response.status, isReplay(response)], `sender ${i}`).to.deep.equal([200, false]);
    }
    for (const [i, sender] of senders.entries()) {
      const response = await sender.patch(path, { displayName: `New ${i}` });
      expect([response.headers.get('ETag'), isReplay(response)]).to.deep.equal([`"${i + 2}"`, true]);
      expect(response.body.organization?.displayName).to.equal(`New ${i}`);
    }
  });

  for (const tags of ['"1"', '"7", "1"', '*']) {
    it(`repeats the first response with If-Match: ${tags} too, which no longer matches`, async () => {
      const { ann, path } = await company();
      const edit = () => ann.with({ 'If-Match': tags }).patch(path, { displayName: 'New' });
      const first = await edit();
      expect(first.status).to.equal(200);
      const second = await edit();
      expect(isReplay(second)).to.equal(true);
      expect(replayedParts(second)).to.deep.equal(replayedParts(first));
      const other = keyed(ann, 'other').with({ 'If-Match': '"1"' });
      expect(problemOf(await other.patch(path, { displayName: 'New' }))).to.equal('412 version_mismatch');
    });
  }

  it('is not consumed by rejected, invalid and no-op requests', async () => {
    const { ann, cat, path, usernames } = await company();
    const attempts = [
      await ann.patch(path, { displayName: '' }),
      await ann.patch(path, { name: 'New' }),
      await ann.with({ 'If-Match': '"7"' }).patch(path, { displayName: 'New' }),
      await ann.patch(`${path}/members/nobody`, { role: 'Admin' }),
      await ann.post('/users', { username: usernames.bob, firstName: 'B', lastName: 'B' }),
      await ann.delete(`${path}/members/${usernames.ann}`),
      await cat.patch(path, { displayName: 'New' }),
      await ann.patch(`${path}/members/${usernames.cat}`, { role: 'Member' }),
    ];
    expect(attempts.map(({ status }) => status)).to.deep.equal([400, 400, 412, 404, 409, 409, 403, 200]);
    const first = await ann.patch(path, { displayName: 'New' });
    expect(replayedParts(first)).to.include({ status: 200, etag: '"2"' });
    expect(isReplay(first)).to.equal(false);
  });

  it('applies one of ten concurrent requests, and all get the same response', async () => {
    const { ann, path, usernames } = await company();
    const cat = `${path}/members/${usernames.cat}`;
    const responses = await Promise.all(Array.from({ length: 10 }, () => ann.patch(cat, { role: 'Admin' })));
    const succeeded = responses.filter(({ status }) => status === 200);
    expect(new Set(succeeded.map(({ text }) => text)).size).to.equal(1);
    expect(succeeded.filter((response) => !isReplay(response))).to.have.length(1);
    expect(responses.filter(({ status }) => status !== 200).map(problemOf)).to.deep.equal([]);
    expect(await versionOf(cat, ann)).to.equal('"2"');
    const { body } = await ann.get(`${path}/events`);
    expect(body.events?.map(({ seq, type }) => `${seq} ${type}`)).to.deep.equal([
      '1 organization.created',
      '2 membership.added',
      '3 membership.added',
      '4 membership.role_changed',
    ]);
  });
});
