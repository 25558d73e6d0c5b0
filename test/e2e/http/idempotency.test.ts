import { expect } from 'chai';
import {
  type Answer,
  type ApiClient,
  createOrganization,
  createUsers,
  refusalOf,
  wrongPlaces,
} from '../../support/api-client.ts';
import { type EmbeddedService, startEmbeddedService } from '../../support/embedded-service.ts';

describe('Idempotency-Key over HTTP', () => {
  let service: EmbeddedService;
  let api: ApiClient;
  let made = 0;

  before(async () => {
    service = await startEmbeddedService();
    api = service.api;
  });

  after(() => service.close());

  const isReplay = ({ headers }: Answer) => headers.get('Idempotency-Replayed') === 'true';
  const shown = ({ status, text, headers }: Answer) => ({ status, text, etag: headers.get('ETag') });
  const keyed = (client: ApiClient, key = 'key') => client.with({ 'Idempotency-Key': key });

  /** Three users of their own in an organization of their own, each with every request under the key "key". */
  async function company() {
    made += 1;
    const path = await createOrganization(api, `Company ${made}`, {
      [`ann${made}`]: 'Owner',
      [`bob${made}`]: 'Admin',
      [`cat${made}`]: 'Member',
    });
    const [ann, bob, cat] = ['ann', 'bob', 'cat'].map((name) => keyed(api.as(`${name}${made}`))) as [
      ApiClient,
      ApiClient,
      ApiClient,
    ];
    const members = { ann: `ann${made}`, bob: `bob${made}`, cat: `cat${made}` };
    return { path, ann, bob, cat, members };
  }
  const versionOf = async (path: string, by: ApiClient) => (await by.get(path)).headers.get('ETag');

  for (const [what, key] of Object.entries({
    'an empty one': '',
    'one of 256 characters': 'k'.repeat(256),
    'one that is not ASCII': 'clé',
    'one with a space': 'a key',
    'one with a tab': 'a\tkey',
  })) {
    it(`refuses ${what}, and changes nothing`, async () => {
      const { ann, path } = await company();
      for (const answer of [
        await keyed(ann, key).patch(path, { displayName: 'New' }),
        await keyed(ann, key).post('/organizations', { organizationName: 'New' }),
        await keyed(ann, key).delete(path),
      ]) {
        expect(wrongPlaces(answer)).to.deep.equal(['header.Idempotency-Key']);
      }
      expect(await versionOf(path, ann)).to.equal('"1"');
    });
  }

  for (const key of ['k', 'k'.repeat(255), '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~', '__proto__']) {
    it(`takes ${key.slice(0, 40)}`, async () => {
      const { ann, path } = await company();
      const first = await keyed(ann, key).patch(path, { displayName: 'New' });
      const second = await keyed(ann, key).patch(path, { displayName: 'New' });
      expect([first, second].map(isReplay)).to.deep.equal([false, true]);
      expect(shown(second)).to.deep.equal(shown(first));
    });
  }

  it('tells keys apart by case and to the last character', async () => {
    const { ann, path } = await company();
    const keys = ['Key', 'key', 'KEY', `${'k'.repeat(254)}1`, `${'k'.repeat(254)}2`];
    for (const [i, key] of keys.entries()) {
      const answer = await keyed(ann, key).patch(path, { displayName: `New ${i}` });
      expect(shown(answer)).to.include({ status: 200, etag: `"${i + 2}"` });
    }
  });

  it('is nothing to those who only ask', async () => {
    const { ann, path, members } = await company();
    await ann.patch(path, { displayName: 'New' });
    for (const client of [ann, keyed(ann, 'not a key')]) {
      const read = await client.get(path);
      expect(read.status).to.equal(200);
      expect(isReplay(read)).to.equal(false);
      expect((await client.head(path)).status).to.equal(200);
    }
    const checks = (role: string) => ({
      checks: [{ organization: path.split('/')[2], username: members.ann, role }],
    });
    for (const role of ['Owner', 'Member', 'Owner']) {
      const checked = await ann.post('/checks', checks(role));
      expect(checked.status, checked.text).to.equal(200);
      expect(isReplay(checked)).to.equal(false);
    }
  });

  it('is the same request however it was written', async () => {
    const { ann, path, members } = await company();
    await createUsers(api, `dan${made}`);
    const member = `{"memberUsername":"dan${made}","role":"Member"}`;
    const json = ann.with({ 'Content-Type': 'application/json' });
    const first = await json.send('POST', `${path}/members`, member);
    expect(first.status, first.text).to.equal(201);
    const other = ` { "role": "Mem\\u0062er",\n"memberUsername" : "DAN${made}" } `;
    const second = await json.send('POST', `${path}/members`, other);
    expect(isReplay(second), second.text).to.equal(true);
    expect(shown(second)).to.deep.equal(shown(first));
    const left = await keyed(ann, 'left').delete(`${path}/members/${members.cat}`);
    const again = await keyed(ann, 'left').delete(`${path}/members/${members.cat.toUpperCase()}`);
    expect([left.status, again.status, isReplay(again)]).to.deep.equal([204, 204, true]);
  });

  it('tells one path from another, one method from another, and nothing given from null', async () => {
    const { ann, path, members } = await company();
    await ann.patch(`${path}/members/${members.bob}`, { role: 'Member' });
    for (const other of [
      await ann.patch(`${path}/members/${members.cat}`, { role: 'Member' }),
      await ann.delete(`${path}/members/${members.bob}`),
      await ann.patch(path, { displayName: 'New' }),
    ]) {
      expect(refusalOf(other)).to.equal('422 idempotency_key_reused');
    }
    const me = keyed(ann, 'me');
    const user = `/users/${members.ann}`;
    await me.patch(user, { firstName: 'New' });
    expect(refusalOf(await me.patch(user, { firstName: 'New', email: null }))).to.equal(
      '422 idempotency_key_reused',
    );
  });

  it('counts before authorization: who left, or is Admin no more, gets the first answer again', async () => {
    const { path, bob, cat, members } = await company();
    const leave = () => cat.delete(`${path}/members/${members.cat}`);
    expect((await leave()).status).to.equal(204);
    const left = await leave();
    expect([left.status, isReplay(left)]).to.deep.equal([204, true]);
    expect(refusalOf(await keyed(cat, 'other').delete(`${path}/members/${members.cat}`))).to.equal(
      '404 organization_not_found',
    );

    const resign = () => bob.patch(`${path}/members/${members.bob}`, { role: 'Member' });
    const first = await resign();
    expect(first.status).to.equal(200);
    expect(shown(await resign())).to.deep.equal(shown(first));
    expect(
      refusalOf(await keyed(bob, 'x').patch(`${path}/members/${members.bob}`, { role: 'Admin' })),
    ).to.equal('403 forbidden');
  });

  it('counts after authentication: who is no user any more gets nothing', async () => {
    const { cat, members } = await company();
    const leave = () => cat.delete(`/users/${members.cat}`);
    expect((await leave()).status).to.equal(204);
    expect(refusalOf(await leave())).to.equal('401 unauthenticated');
    await createUsers(api, members.cat);
    expect(isReplay(await leave())).to.equal(false);
  });

  it('belongs to its sender: others use the same one for something else', async () => {
    const { ann, bob, path, members } = await company();
    const forAnn = keyed(service.writer).with({ 'On-Behalf-Of': members.ann });
    const forBob = keyed(service.writer).with({ 'On-Behalf-Of': members.bob });
    const senders = [ann, bob, forAnn, forBob, keyed(service.admin)];
    for (const [i, sender] of senders.entries()) {
      const answer = await sender.patch(path, { displayName: `New ${i}` });
      expect([answer.status, isReplay(answer)], `sender ${i}`).to.deep.equal([200, false]);
    }
    for (const [i, sender] of senders.entries()) {
      const answer = await sender.patch(path, { displayName: `New ${i}` });
      expect([answer.headers.get('ETag'), isReplay(answer)]).to.deep.equal([`"${i + 2}"`, true]);
      expect(answer.body.organization?.displayName).to.equal(`New ${i}`);
    }
  });

  for (const tags of ['"1"', '"7", "1"', '*']) {
    it(`gets the first answer again with If-Match: ${tags} too, which does not hold any more`, async () => {
      const { ann, path } = await company();
      const edit = () => ann.with({ 'If-Match': tags }).patch(path, { displayName: 'New' });
      const first = await edit();
      expect(first.status).to.equal(200);
      const second = await edit();
      expect(isReplay(second)).to.equal(true);
      expect(shown(second)).to.deep.equal(shown(first));
      const other = keyed(ann, 'other').with({ 'If-Match': '"1"' });
      expect(refusalOf(await other.patch(path, { displayName: 'New' }))).to.equal('412 version_mismatch');
    });
  }

  it('is not used up by what was refused, was invalid, or changed nothing', async () => {
    const { ann, cat, path, members } = await company();
    const tried = [
      await ann.patch(path, { displayName: '' }),
      await ann.patch(path, { name: 'New' }),
      await ann.with({ 'If-Match': '"7"' }).patch(path, { displayName: 'New' }),
      await ann.patch(`${path}/members/nobody`, { role: 'Admin' }),
      await ann.post('/users', { username: members.bob, firstName: 'B', lastName: 'B' }),
      await ann.delete(`${path}/members/${members.ann}`),
      await cat.patch(path, { displayName: 'New' }),
      await ann.patch(`${path}/members/${members.cat}`, { role: 'Member' }),
    ];
    expect(tried.map(({ status }) => status)).to.deep.equal([400, 400, 412, 404, 409, 409, 403, 200]);
    const first = await ann.patch(path, { displayName: 'New' });
    expect(shown(first)).to.include({ status: 200, etag: '"2"' });
    expect(isReplay(first)).to.equal(false);
  });

  it('lets one of ten through that come at once, and all are answered alike', async () => {
    const { ann, path, members } = await company();
    const cat = `${path}/members/${members.cat}`;
    const answers = await Promise.all(Array.from({ length: 10 }, () => ann.patch(cat, { role: 'Admin' })));
    const done = answers.filter(({ status }) => status === 200);
    expect(new Set(done.map(({ text }) => text)).size).to.equal(1);
    expect(done.filter((answer) => !isReplay(answer))).to.have.length(1);
    expect(answers.filter(({ status }) => status !== 200).map(refusalOf)).to.deep.equal([]);
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
