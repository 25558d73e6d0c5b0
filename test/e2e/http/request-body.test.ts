import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { createUsers, invalidFields, problemOf } from '../../support/api-client.ts';
import { sendRaw } from '../../support/send-raw.ts';
import { useService } from '../../support/use-service.ts';

describe('request body', () => {
  const service = useService();
  const { api } = service;

  before(async () => {
    await createUsers(api, 'olivia');
  });

  const newUser = (): string => JSON.stringify(service.newUser());

  const post = (body: string | Uint8Array<ArrayBuffer>, type = 'application/json', headers = {}) =>
    api.with({ 'Content-Type': type, ...headers }).send('POST', '/users', body);

  for (const type of [
    'application/json',
    'Application/JSON',
    'application/json; charset=utf-8',
    'application/json;charset="UTF-8"',
  ]) {
    it(`accepts ${type}`, async () => {
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
    it(`rejects ${type}`, async () => {
      expect(problemOf(await post(newUser(), type))).to.equal('415 unsupported_media_type');
    });
  }

  it('rejects a missing Content-Type', async () => {
    const response = await api.send('POST', '/users', Buffer.from(newUser()));
    expect(problemOf(response)).to.equal('415 unsupported_media_type');
  });

  for (const charset of ['latin1', 'iso-8859-1', 'us-ascii', 'utf-16', 'utf-32', 'utf-7', 'utf-foo']) {
    it(`rejects the charset ${charset}`, async () => {
      const response = await post(newUser(), `application/json; charset=${charset}`);
      expect(problemOf(response)).to.equal('415 unsupported_media_type');
    });
  }

  it('rejects a compressed body', async () => {
    for (const encoding of ['gzip', 'deflate', 'br', 'x-unknown']) {
      const response = await post(gzipSync(newUser()), 'application/json', { 'Content-Encoding': encoding });
      expect(problemOf(response), encoding).to.equal('415 unsupported_media_type');
    }
  });

  it('accepts Content-Encoding: identity', async () => {
    const response = await post(newUser(), 'application/json', { 'Content-Encoding': 'identity' });
    expect(response.status).to.equal(201);
  });

  it('rejects a missing body', async () => {
    const [response] = await sendRaw(
      service.url,
      'POST /users HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
    );
    expect(response === undefined ? [] : invalidFields(response)).to.include('username');
  });

  it('rejects an empty body', async () => {
    expect(invalidFields(await post(''))).to.include('username');
  });

  const invalidJson = [
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
  for (const text of [
    ...invalidJson,
    `${newUser()}x`,
    '[',
    '{"a":01}',
    '// comment\n{}',
    '['.repeat(60_000),
  ]) {
    it(`rejects invalid JSON: ${JSON.stringify(text.slice(0, 20))}`, async () => {
      expect(invalidFields(await post(text))).to.deep.equal(['']);
    });
  }

  for (const text of ['1', '"text"', 'null', 'true', '[]', '[{}]', ' 7 ']) {
    it(`rejects JSON that is not an object: ${text}`, async () => {
      expect(invalidFields(await post(text))).to.deep.equal(['']);
    });
  }

  const invalidUtf8: Readonly<Record<string, readonly number[]>> = {
    'a byte that never occurs in UTF-8': [0xff],
    'a truncated character': [0xe2, 0x82],
    'an overlong slash': [0xc0, 0xaf],
    'a surrogate': [0xed, 0xa0, 0x80],
    latin1: [0xe9],
  };
  for (const [what, bytes] of Object.entries(invalidUtf8)) {
    it(`rejects invalid UTF-8: ${what}`, async () => {
      const [head = '', tail = ''] = newUser().split('Some');
      const body = Uint8Array.from([...Buffer.from(head), ...bytes, ...Buffer.from(tail)]);
      const response = await post(body);
      expect(invalidFields(response)).to.deep.equal(['']);
      expect(response.body.detail).to.contain('UTF-8');
    });
  }

  it('accepts a byte order mark and surrounding whitespace', async () => {
    expect((await post(`\ufeff${newUser()}`)).status).to.equal(201);
    expect((await post(`\r\n\t ${newUser()} \n`)).status).to.equal(201);
  });

  it('accepts 64 KiB', async () => {
    expect((await post(newUser().padEnd(65_536))).status).to.equal(201);
  });

  it('rejects 64 KiB and one byte', async () => {
    expect(problemOf(await post(newUser().padEnd(65_537)))).to.equal('413 payload_too_large');
  });

  it('rejects a megabyte', async () => {
    expect(problemOf(await post('x'.repeat(1_000_000)))).to.equal('413 payload_too_large');
  });

  it('uses the last of two values for the same key', async () => {
    const response = await post('{"username":"first","username":"last","firstName":"F","lastName":"L"}');
    expect(response.body.user?.username).to.equal('last');
    expect(problemOf(await api.get('/users/first'))).to.equal('404 user_not_found');
  });

  it('decodes JSON escapes', async () => {
    const response = await post(
      '{"\\u0075sername":"\\u0065scaped","firstName":"\\ud83d\\ude00","lastName":"\\/"}',
    );
    expect(response.body.user).to.include({ username: 'escaped', firstName: '😀', lastName: '/' });
  });

  const deep: Readonly<Record<string, string>> = {
    '100 nested arrays': `${'['.repeat(100)}${']'.repeat(100)}`,
    '30,000 nested arrays': `${'['.repeat(30_000)}${']'.repeat(30_000)}`,
    '10,000 nested objects': `${'{"":'.repeat(10_000)}1${'}'.repeat(10_000)}`,
  };
  for (const [what, value] of Object.entries(deep)) {
    it(`rejects ${what} as the body`, async () => {
      expect(invalidFields(await post(`[${value}]`))).to.deep.equal(['']);
    });

    it(`rejects ${what} in a field`, async () => {
      const response = await post(newUser().replace('"Some"', value));
      expect(invalidFields(response)).to.deep.equal(['firstName']);
    });

    it(`rejects ${what} in an unknown field`, async () => {
      const response = await post(newUser().replace('{', `{"deep":${value},`));
      expect(invalidFields(response)).to.deep.equal(['deep']);
    });
  }

  for (const value of ['1e999', '-0', '12345678901234567890123', '0.1e-400']) {
    it(`rejects the number ${value} in a text field`, async () => {
      const response = await post(newUser().replace('"Some"', value));
      expect(invalidFields(response)).to.deep.equal(['firstName']);
    });
  }

  it('ignores the body of a GET', async () => {
    const head =
      'GET /users/olivia HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\n';
    const [response] = await sendRaw(service.url, `${head}Content-Length: 20\r\n\r\n{"username":"other"}`);
    expect(response?.body.user?.username).to.equal('olivia');
  });
});
