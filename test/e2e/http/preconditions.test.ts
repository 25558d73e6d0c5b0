import { expect } from 'chai';
import {
  type ApiResponse,
  createOrganization,
  createUsers,
  invalidFields,
  problemOf,
} from '../../support/api-client.ts';
import { useService } from '../../support/use-service.ts';

describe('ETag, If-None-Match and If-Match', () => {
  const service = useService();
  const { api } = service;
  const olivia = api.as('olivia');
  let path: string;
  let added = 0;

  before(async () => {
    path = await createOrganization(api, 'Olivia Org', { olivia: 'Owner', michael: 'Member' });
  });

  /** A member at version 2, an Admin. */
  const newMember = async (): Promise<string> => {
    const memberUsername = `member${++added}`;
    await createUsers(api, memberUsername);
    await olivia.post(`${path}/members`, { memberUsername, role: 'Member' });
    await olivia.patch(`${path}/members/${memberUsername}`, { role: 'Admin' });
    return `${path}/members/${memberUsername}`;
  };

  const expectNotModified = ({ status, text, headers }: ApiResponse): void => {
    expect({ status, text }).to.deep.equal({ status: 304, text: '' });
    expect(headers.get('ETag')).to.equal('"1"');
    expect(headers.get('Cache-Control')).to.equal('private, no-cache');
    expect(headers.get('Vary')).to.equal('Authorization');
    expect(headers.get('Content-Type')).to.equal(null);
  };

  for (const resource of [
    '/users/michael',
    '/organizations/olivia-org',
    '/organizations/olivia-org/members/michael',
  ]) {
    it(`names the version of ${resource}`, async () => {
      expect((await olivia.get(resource)).headers.get('ETag')).to.equal('"1"');
    });

    it(`answers 304 while ${resource} is what the client has`, async () => {
      expectNotModified(await olivia.with({ 'If-None-Match': '"1"' }).get(resource));
    });

    it(`answers 200 when ${resource} is not what the client has`, async () => {
      const { status, body } = await olivia.with({ 'If-None-Match': '"7"' }).get(resource);
      expect(status).to.equal(200);
      expect(body).to.not.deep.equal({});
    });
  }

  for (const same of ['*', 'W/"1"', '"7", "1"', '"7",W/"1"', ' "1" ', ',"7",, "1",', '"a,b", "1"']) {
    it(`If-None-Match: ${same} matches version 1`, async () => {
      expectNotModified(await olivia.with({ 'If-None-Match': same }).get(`${path}/members/michael`));
    });
  }

  for (const other of ['"11"', '"01"', 'W/"2"', '""', '"7", "8"', '"7,1"']) {
    it(`If-None-Match: ${other} does not match version 1`, async () => {
      const { status } = await olivia.with({ 'If-None-Match': other }).get(`${path}/members/michael`);
      expect(status).to.equal(200);
    });
  }

  for (const malformed of ['1', '"1', 'nonsense', "'1'", '"1", 7', '"1" "7"', 'w/"1"', '*, "1"', '']) {
    it(`If-None-Match: ${malformed} is malformed and does not count`, async () => {
      const { status } = await olivia.with({ 'If-None-Match': malformed }).get(`${path}/members/michael`);
      expect(status).to.equal(200);
    });
  }

  it('answers a HEAD with 304 too', async () => {
    const response = await olivia.with({ 'If-None-Match': '"1"' }).head('/users/michael');
    expect(response.status).to.equal(304);
  });

  it('does not turn a refusal into a 304', async () => {
    const response = await olivia.with({ 'If-None-Match': '*' }).get(`${path}/members/nobody`);
    expect(problemOf(response)).to.equal('404 membership_not_found');
  });

  it('answers 200 again after the role was changed', async () => {
    const member = await newMember();
    const before = (await olivia.get(member)).headers.get('ETag') ?? '';
    await olivia.patch(member, { role: 'Member' });
    const after = await olivia.with({ 'If-None-Match': before }).get(member);
    expect(after.status).to.equal(200);
    expect(after.headers.get('ETag')).to.equal('"3"');
  });

  it('changes a membership that is still at the version', async () => {
    const response = await olivia.with({ 'If-Match': '"2"' }).patch(await newMember(), { role: 'Member' });
    expect(response.status).to.equal(200);
    expect(response.headers.get('ETag')).to.equal('"3"');
  });

  it('does not change a membership that has moved', async () => {
    const member = await newMember();
    const response = await olivia.with({ 'If-Match': '"1"' }).patch(member, { role: 'Member' });
    expect(problemOf(response)).to.equal('412 version_mismatch');
    expect((await olivia.get(member)).body.membership).to.include({ role: 'Admin', version: 2 });
  });

  it('does not overlook a moved version because the role is the same', async () => {
    const response = await olivia.with({ 'If-Match': '"1"' }).patch(await newMember(), { role: 'Admin' });
    expect(problemOf(response)).to.equal('412 version_mismatch');
  });

  it('removes a membership that is still at the version', async () => {
    const member = await newMember();
    expect((await olivia.with({ 'If-Match': '"2"' }).delete(member)).status).to.equal(204);
  });

  it('does not remove a membership that has moved', async () => {
    const member = await newMember();
    const response = await olivia.with({ 'If-Match': '"1"' }).delete(member);
    expect(problemOf(response)).to.equal('412 version_mismatch');
    expect((await olivia.get(member)).status).to.equal(200);
  });

  it('If-Match: * is any version', async () => {
    const member = await newMember();
    const any = olivia.with({ 'If-Match': '*' });
    expect((await any.patch(member, { role: 'Member' })).status).to.equal(200);
    expect((await any.delete(member)).status).to.equal(204);
  });

  it('lets one of two edits of the same version through', async () => {
    const member = await newMember();
    const editor = olivia.with({ 'If-Match': '"2"' });
    const responses = await Promise.all([
      editor.patch(member, { role: 'Member' }),
      editor.patch(member, { role: 'Owner' }),
    ]);
    expect(responses.map(({ status }) => status).sort()).to.deep.equal([200, 412]);
  });

  it('tells who may not change it that, and not how it stands', async () => {
    const response = await api
      .as('michael')
      .with({ 'If-Match': '"9"' })
      .patch(`${path}/members/olivia`, { role: 'Member' });
    expect(problemOf(response)).to.equal('403 forbidden');
  });

  for (const list of ['"7", "2"', '"2", "7"', 'W/"2", "2"', ',"x",,"2"', '"7,8" , "2"']) {
    it(`If-Match: ${list} is version 2 among others`, async () => {
      const editor = olivia.with({ 'If-Match': list });
      const member = await newMember();
      expect((await editor.patch(member, { role: 'Admin' })).status).to.equal(200);
      expect((await editor.delete(member)).status).to.equal(204);
    });
  }

  const others = ['"02"', '"-2"', '"two"', '""', 'W/"2"', `"${'9'.repeat(30)}"`, '"0"', '"7", "8"'];
  for (const other of [...others, 'W/"2", "7"', '"7,2"', '"é"']) {
    it(`If-Match: ${other} is not version 2`, async () => {
      const editor = olivia.with({ 'If-Match': other });
      const member = await newMember();
      expect(problemOf(await editor.patch(member, { role: 'Member' }))).to.equal('412 version_mismatch');
      expect(problemOf(await editor.delete(member))).to.equal('412 version_mismatch');
      expect(problemOf(await editor.get(member))).to.equal('412 version_mismatch');
      expect((await olivia.get(member)).body.membership).to.include({ role: 'Admin', version: 2 });
    });
  }

  it('If-Match is for what is there', async () => {
    for (const tag of ['*', '"1"', 'W/"1"']) {
      const editor = olivia.with({ 'If-Match': tag });
      for (const response of [
        await editor.patch(`${path}/members/nobody`, { role: 'Member' }),
        await editor.delete(`${path}/members/nobody`),
        await editor.get(`${path}/members/nobody`),
      ]) {
        expect(problemOf(response), tag).to.equal('404 membership_not_found');
      }
    }
  });

  for (const tag of ['*', '"1"', '"7", "1"']) {
    it(`If-Match: ${tag} lets version 1 be read`, async () => {
      expect((await olivia.with({ 'If-Match': tag }).get('/users/michael')).status).to.equal(200);
    });
  }

  it('If-Match counts before If-None-Match', async () => {
    const reader = (tag: string) => olivia.with({ 'If-Match': tag, 'If-None-Match': '"1"' });
    expect(problemOf(await reader('"7"').get('/users/michael'))).to.equal('412 version_mismatch');
    expect((await reader('"1"').get('/users/michael')).status).to.equal(304);
  });

  it('If-Match says nothing to a list, which has no version', async () => {
    expect((await olivia.with({ 'If-Match': '"7"' }).get(`${path}/members`)).status).to.equal(200);
  });

  it('refuses an If-Match with more versions than anybody could mean', async () => {
    const tags = (count: number) => Array.from({ length: count }, (_, i) => `"${i + 3}"`).join();
    const editor = (count: number) => olivia.with({ 'If-Match': tags(count) });
    const member = await newMember();
    expect(problemOf(await editor(10).delete(member))).to.equal('412 version_mismatch');
    expect(invalidFields(await editor(11).delete(member))).to.deep.equal(['header.If-Match']);
  });

  for (const malformed of [
    '1',
    '"1',
    '',
    '"1"x',
    '"1" "7"',
    'w/"1"',
    '*, "1"',
    '"a"b"',
    "'1'",
    '"1",7',
    '"1 "',
  ]) {
    for (const method of ['PATCH', 'DELETE', 'GET']) {
      it(`refuses ${method} with If-Match: ${malformed}`, async () => {
        const editor = olivia.with({ 'If-Match': malformed, 'Content-Type': 'application/json' });
        const response = await editor.send(
          method,
          `${path}/members/michael`,
          method === 'GET' ? undefined : '{"role":"Member"}',
        );
        expect(invalidFields(response)).to.deep.equal(['header.If-Match']);
        expect((await olivia.get(`${path}/members/michael`)).body.membership?.version).to.equal(1);
      });
    }
  }
});
