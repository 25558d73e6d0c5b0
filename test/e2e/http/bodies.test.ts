import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { ApiClient, createUsers, exchange, refusalOf, wrongPlaces } from '../../support/api-client.ts';
import { type ComposedService, startComposedService } from '../../support/composed-service.ts';

describe('the body of a request', () => {
  let service: ComposedService;
  let api: ApiClient;
  let created = 0;

  before(async () => {
    service = await startComposedService();
    api = new ApiClient(service.url);
    await createUsers(api, 'olivia');
  });

  after(() => service.close());

  const newUser = (): string =>
    JSON.stringify({ username: `user${++created}`, firstName: 'Some', lastName: 'Body' });

  const post = (body: string | Uint8Array<ArrayBuffer>, type = 'application/json', headers = {}) =>
    api.with({ 'Content-Type': type, ...headers }).send('POST', '/users', body);

  for (const type of [
    'application/json',
    'Application/JSON',
    'application/json; charset=utf-8',
    'application/json;charset="UTF-8"',
  ]) {
    it(`may be ${type}`, async () => {
      expect((await post(newUser(), type)).status).to.equal(201);
    });
  }

  for (const type of [
    'text/plain',
    'text/json',
    'application/x-www-form-urlencoded',
    'application/merge-patch+json',
    'application/xml',
    'application/jsonp',
    'application/json, text/plain',
    'nonsense',
  ]) {
    it(`may not be ${type}`, async () => {
      expect(refusalOf(await post(newUser(), type))).to.equal('415 unsupported_media_type');
    });
  }

  it('may not be of no type', async () => {
    const answer = await api.send('POST', '/users', Buffer.from(newUser()));
    expect(refusalOf(answer)).to.equal('415 unsupported_media_type');
  });

  for (const charset of ['latin1', 'iso-8859-1', 'us-ascii', 'utf-16', 'utf-32', 'utf-7', 'utf-foo']) {
    it(`may not be in ${charset}: JSON is UTF-8`, async () => {
      const answer = await post(newUser(), `application/json; charset=${charset}`);
      expect(refusalOf(answer)).to.equal('415 unsupported_media_type');
    });
  }

  it('may not be compressed', async () => {
    for (const encoding of ['gzip', 'deflate', 'br', 'x-unknown']) {
      const answer = await post(gzipSync(newUser()), 'application/json', { 'Content-Encoding': encoding });
      expect(refusalOf(answer), encoding).to.equal('415 unsupported_media_type');
    }
  });

  it('may say that it is not compressed', async () => {
    const answer = await post(newUser(), 'application/json', { 'Content-Encoding': 'identity' });
    expect(answer.status).to.equal(201);
  });

  it('cannot be missing', async () => {
    const [answer] = await exchange(
      service.url,
      'POST /users HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
    );
    expect(answer === undefined ? [] : wrongPlaces(answer)).to.include('username');
  });

  it('cannot be empty', async () => {
    expect(wrongPlaces(await post(''))).to.include('username');
  });

  const notJson = [
    '{',
    '}',
    'nul',
    "{'a':1}",
    '{"a":1,}',
    '{a:1}',
    '<xml/>',
    'username=a',
    'NaN',
    '\u0000',
    '{"a":"\n"}',
  ];
  for (const text of [...notJson, `${newUser()}x`, '[', '{"a":01}', '// comment\n{}', '['.repeat(60_000)]) {
    it(`is not JSON: ${JSON.stringify(text.slice(0, 20))}`, async () => {
      expect(wrongPlaces(await post(text))).to.deep.equal(['']);
    });
  }

  for (const text of ['1', '"text"', 'null', 'true', '[]', '[{}]', ' 7 ']) {
    it(`is JSON but no object: ${text}`, async () => {
      expect(wrongPlaces(await post(text))).to.deep.equal(['']);
    });
  }

  const brokenText: Readonly<Record<string, readonly number[]>> = {
    'a byte that is never UTF-8': [0xff],
    'a cut off character': [0xe2, 0x82],
    'an overlong slash': [0xc0, 0xaf],
    'a surrogate': [0xed, 0xa0, 0x80],
    latin1: [0xe9],
  };
  for (const [what, bytes] of Object.entries(brokenText)) {
    it(`is not UTF-8: ${what}`, async () => {
      const [head = '', tail = ''] = newUser().split('Some');
      const body = Uint8Array.from([...Buffer.from(head), ...bytes, ...Buffer.from(tail)]);
      const answer = await post(body);
      expect(wrongPlaces(answer)).to.deep.equal(['']);
      expect(answer.body.detail).to.contain('UTF-8');
    });
  }

  it('may begin with a byte order mark and have white space around it', async () => {
    expect((await post(`\ufeff${newUser()}`)).status).to.equal(201);
    expect((await post(`\r\n\t ${newUser()} \n`)).status).to.equal(201);
  });

  it('may have 64 KiB', async () => {
    expect((await post(newUser().padEnd(65_536))).status).to.equal(201);
  });

  it('may not have a byte more', async () => {
    expect(refusalOf(await post(newUser().padEnd(65_537)))).to.equal('413 payload_too_large');
  });

  it('may not have a megabyte', async () => {
    expect(refusalOf(await post('x'.repeat(1_000_000)))).to.equal('413 payload_too_large');
  });

  it('counts the last of two values for the same key', async () => {
    const answer = await post('{"username":"first","username":"last","firstName":"F","lastName":"L"}');
    expect(answer.body.user?.username).to.equal('last');
    expect(refusalOf(await api.get('/users/first'))).to.equal('404 user_not_found');
  });

  it('is read with its escapes', async () => {
    const answer = await post(
      '{"\\u0075sername":"\\u0065scaped","firstName":"\\ud83d\\ude00","lastName":"\\/"}',
    );
    expect(answer.body.user).to.include({ username: 'escaped', firstName: '😀', lastName: '/' });
  });

  const deep: Readonly<Record<string, string>> = {
    '100 arrays': `${'['.repeat(100)}${']'.repeat(100)}`,
    '30,000 arrays': `${'['.repeat(30_000)}${']'.repeat(30_000)}`,
    '10,000 objects': `${'{"":'.repeat(10_000)}1${'}'.repeat(10_000)}`,
  };
  for (const [what, value] of Object.entries(deep)) {
    it(`may be ${what} deep at the top and is refused like any other`, async () => {
      expect(wrongPlaces(await post(`[${value}]`))).to.deep.equal(['']);
    });

    it(`may be ${what} deep in a field and is refused like any other`, async () => {
      const answer = await post(newUser().replace('"Some"', value));
      expect(wrongPlaces(answer)).to.deep.equal(['firstName']);
    });

    it(`may be ${what} deep in an unknown field and is refused like any other`, async () => {
      const answer = await post(newUser().replace('{', `{"deep":${value},`));
      expect(wrongPlaces(answer)).to.deep.equal(['deep']);
    });
  }

  for (const value of ['1e999', '-0', '12345678901234567890123', '0.1e-400']) {
    it(`has a number where text belongs: ${value}`, async () => {
      const answer = await post(newUser().replace('"Some"', value));
      expect(wrongPlaces(answer)).to.deep.equal(['firstName']);
    });
  }

  it('is not asked of a GET, and one that comes all the same changes nothing', async () => {
    const head =
      'GET /users/olivia HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\n';
    const [answer] = await exchange(service.url, `${head}Content-Length: 20\r\n\r\n{"username":"other"}`);
    expect(answer?.body.user?.username).to.equal('olivia');
  });
});
