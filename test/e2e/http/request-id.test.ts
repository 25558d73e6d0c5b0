import { expect } from 'chai';
import { createUsers, problemOf } from '../../support/api-client.ts';
import { sendRaw } from '../../support/send-raw.ts';
import { useService } from '../../support/use-service.ts';

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;

describe('X-Request-Id', () => {
  const service = useService();
  const { api } = service;

  before(async () => {
    await createUsers(api, 'olivia');
  });

  const idFor = async (given: string) =>
    (await api.with({ 'X-Request-Id': given }).get('/users/olivia')).headers.get('X-Request-Id');

  it('is generated for each request if the client sends none', async () => {
    const [one, other] = await Promise.all([api.get('/users/olivia'), api.get('/users/olivia')]);
    expect(one.headers.get('X-Request-Id')).to.match(UUID);
    expect(other.headers.get('X-Request-Id')).to.match(UUID).and.not.equal(one.headers.get('X-Request-Id'));
  });

  for (const valid of ['a', 'abc-123_DEF.4:5', '0'.repeat(128), '1-67891233-abcdef012345678912345678']) {
    it(`is returned as sent: ${valid.slice(0, 40)}`, async () => {
      expect(await idFor(valid)).to.equal(valid);
    });
  }

  for (const unsafe of ['', 'a b', 'a,b', '0'.repeat(129), 'é', '<script>', 'a"b', '{}', 'a/b', '../x']) {
    it(`is replaced if it is unsafe in logs: ${JSON.stringify(unsafe.slice(0, 40))}`, async () => {
      expect(await idFor(unsafe)).to.match(UUID);
    });
  }

  it('is in the body of an error response too', async () => {
    const response = await api.with({ 'X-Request-Id': 'find-me' }).get('/users/nobody');
    expect(problemOf(response)).to.equal('404 user_not_found');
    expect(response.body.requestId).to.equal('find-me');
    expect(response.headers.get('X-Request-Id')).to.equal('find-me');
  });

  for (const path of ['/health/live', '/health/ready', '/nowhere', '/users/%', '/users']) {
    it(`is in every response: ${path}`, async () => {
      const { headers } = await api.with({ 'X-Request-Id': 'everywhere' }).get(path);
      expect(headers.get('X-Request-Id')).to.equal('everywhere');
    });
  }

  const malformed = {
    'random bytes': '\u0001\r\n\r\n',
    'headers of 20 kB': `GET / HTTP/1.1\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`,
    'no Host': 'GET / HTTP/1.1\r\nConnection: close\r\n\r\n',
    'no path': 'GET http://[ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
  };
  for (const [what, bytes] of Object.entries(malformed)) {
    it(`is in the response to ${what}`, async () => {
      const [response] = await sendRaw(service.url, bytes);
      expect(response?.headers.get('X-Request-Id')).to.match(UUID).and.equal(response?.body.requestId);
    });
  }
});
