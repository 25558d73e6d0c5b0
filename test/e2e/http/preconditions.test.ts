import { expect } from 'chai';
import { type ApiResponse, createOrganization, invalidFields, problemOf } from '../../support/api-client.ts';
import { useService } from '../../support/use-service.ts';

describe('ETag, If-None-Match and If-Match', () => {
  const service = useService();
  const { api } = service;
  const olivia = api.as('olivia');
  let path: string;

  before(async () => {
    path = await createOrganization(api, 'Olivia Org', { olivia: 'Owner', michael: 'Member' });
  });

  /** The path of a membership at version 2 with the role Admin. */
  const newMembership = async (): Promise<string> => {
    const { username } = await service.member(olivia, path, 'Member');
    const membership = `${path}/members/${username}`;
    await olivia.patch(membership, { role: 'Admin' });
    return membership;
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
    it(`returns the version of ${resource} as its ETag`, async () => {
      expect((await olivia.get(resource)).headers.get('ETag')).to.equal('"1"');
    });

    it(`returns 304 for ${resource} if the client has the current version`, async () => {
      expectNotModified(await olivia.with({ 'If-None-Match': '"1"' }).get(resource));
    });

    it(`returns 200 for ${resource} if the client has another version`, async () => {
      const { status, body } = await olivia.with({ 'If-None-Match': '"7"' }).get(resource);
      expect(status).to.equal(200);
      expect(body).to.not.deep.equal({});
    });
  }

  for (const tags of ['*', 'W/"1"', '"7", "1"', '"7",W/"1"', ' "1" ', ',"7",, "1",', '"a,b", "1"']) {
    it(`If-None-Match: ${tags} matches version 1`, async () => {
      expectNotModified(await olivia.with({ 'If-None-Match': tags }).get(`${path}/members/michael`));
    });
  }

  for (const tags of ['"11"', '"01"', 'W/"2"', '""', '"7", "8"', '"7,1"']) {
    it(`If-None-Match: ${tags} does not match version 1`, async () => {
      const { status } = await olivia.with({ 'If-None-Match': tags }).get(`${path}/members/michael`);
      expect(status).to.equal(200);
    });
  }

  for (const malformed of ['1', '"1', 'nonsense', "'1'", '"1", 7', '"1" "7"', 'w/"1"', '*, "1"', '']) {
    it(`If-None-Match: ${malformed} is malformed and ignored`, async () => {
      const { status } = await olivia.with({ 'If-None-Match': malformed }).get(`${path}/members/michael`);
      expect(status).to.equal(200);
    });
  }

  it('returns 304 to a HEAD too', async () => {
    const response = await olivia.with({ 'If-None-Match': '"1"' }).head('/users/michael');
    expect(response.status).to.equal(304);
  });

  it('returns an error instead of 304', async () => {
    const response = await olivia.with({ 'If-None-Match': '*' }).get(`${path}/members/nobody`);
    expect(problemOf(response)).to.equal('404 membership_not_found');
  });

  it('returns 200 after the role was changed', async () => {
    const membership = await newMembership();
    const before = (await olivia.get(membership)).headers.get('ETag') ?? '';
    await olivia.patch(membership, { role: 'Member' });
    const after = await olivia.with({ 'If-None-Match': before }).get(membership);
    expect(after.status).to.equal(200);
    expect(after.headers.get('ETag')).to.equal('"3"');
  });

  it('changes a membership at the version of If-Match', async () => {
    const response = await olivia
      .with({ 'If-Match': '"2"' })
      .patch(await newMembership(), { role: 'Member' });
    expect(response.status).to.equal(200);
    expect(response.headers.get('ETag')).to.equal('"3"');
  });

  it('does not change a membership at another version', async () => {
    const membership = await newMembership();
    const response = await olivia.with({ 'If-Match': '"1"' }).patch(membership, { role: 'Member' });
    expect(problemOf(response)).to.equal('412 version_mismatch');
    expect((await olivia.get(membership)).body.membership).to.include({ role: 'Admin', version: 2 });
  });

  it('compares the version even if the role is the same', async () => {
    const response = await olivia.with({ 'If-Match': '"1"' }).patch(await newMembership(), { role: 'Admin' });
    expect(problemOf(response)).to.equal('412 version_mismatch');
  });

  it('removes a membership at the version of If-Match', async () => {
    const membership = await newMembership();
    expect((await olivia.with({ 'If-Match': '"2"' }).delete(membership)).status).to.equal(204);
  });

  it('does not remove a membership at another version', async () => {
    const membership = await newMembership();
    const response = await olivia.with({ 'If-Match': '"1"' }).delete(membership);
    expect(problemOf(response)).to.equal('412 version_mismatch');
    expect((await olivia.get(membership)).status).to.equal(200);
  });

  it('If-Match: * matches any version', async () => {
    const membership = await newMembership();
    const any = olivia.with({ 'If-Match': '*' });
    expect((await any.patch(membership, { role: 'Member' })).status).to.equal(200);
    expect((await any.delete(membership)).status).to.equal(204);
  });

  it('applies one of two concurrent changes of the same version', async () => {
    const membership = await newMembership();
    const editor = olivia.with({ 'If-Match': '"2"' });
    const responses = await Promise.all([
      editor.patch(membership, { role: 'Member' }),
      editor.patch(membership, { role: 'Owner' }),
    ]);
    expect(responses.map(({ status }) => status).sort()).to.deep.equal([200, 412]);
  });

  it('rejects callers without permission before it compares versions', async () => {
    const response = await api
      .as('michael')
      .with({ 'If-Match': '"9"' })
      .patch(`${path}/members/olivia`, { role: 'Member' });
    expect(problemOf(response)).to.equal('403 forbidden');
  });

  for (const list of ['"7", "2"', '"2", "7"', 'W/"2", "2"', ',"x",,"2"', '"7,8" , "2"']) {
    it(`If-Match: ${list} matches version 2`, async () => {
      const editor = olivia.with({ 'If-Match': list });
      const membership = await newMembership();
      expect((await editor.patch(membership, { role: 'Admin' })).status).to.equal(200);
      expect((await editor.delete(membership)).status).to.equal(204);
    });
  }

  const otherTags = ['"02"', '"-2"', '"two"', '""', 'W/"2"', `"${'9'.repeat(30)}"`, '"0"', '"7", "8"'];
  for (const other of [...otherTags, 'W/"2", "7"', '"7,2"', '"é"']) {
    it(`If-Match: ${other} does not match version 2`, async () => {
      const editor = olivia.with({ 'If-Match': other });
      const membership = await newMembership();
      expect(problemOf(await editor.patch(membership, { role: 'Member' }))).to.equal('412 version_mismatch');
      expect(problemOf(await editor.delete(membership))).to.equal('412 version_mismatch');
      expect(problemOf(await editor.get(membership))).to.equal('412 version_mismatch');
      expect((await olivia.get(membership)).body.membership).to.include({ role: 'Admin', version: 2 });
    });
  }

  it('If-Match does not hide that a membership does not exist', async () => {
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
    it(`If-Match: ${tag} returns version 1`, async () => {
      expect((await olivia.with({ 'If-Match': tag }).get('/users/michael')).status).to.equal(200);
    });
  }

  it('If-Match is evaluated before If-None-Match', async () => {
    const reader = (tag: string) => olivia.with({ 'If-Match': tag, 'If-None-Match': '"1"' });
    expect(problemOf(await reader('"7"').get('/users/michael'))).to.equal('412 version_mismatch');
    expect((await reader('"1"').get('/users/michael')).status).to.equal(304);
  });

  it('If-Match is ignored for a list, which has no version', async () => {
    expect((await olivia.with({ 'If-Match': '"7"' }).get(`${path}/members`)).status).to.equal(200);
  });

  it('rejects an If-Match with more than ten versions', async () => {
    const tags = (count: number) => Array.from({ length: count }, (_, i) => `"${i + 3}"`).join();
    const editor = (count: number) => olivia.with({ 'If-Match': tags(count) });
    const membership = await newMembership();
    expect(problemOf(await editor(10).delete(membership))).to.equal('412 version_mismatch');
    expect(invalidFields(await editor(11).delete(membership))).to.deep.equal(['header.If-Match']);
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
      it(`rejects ${method} with the malformed If-Match: ${malformed}`, async () => {
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
