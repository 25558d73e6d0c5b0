import { once } from 'node:events';
import { connect } from 'node:net';
import { expect } from 'chai';
import { createUsers, outcomeOf, problemOf } from '../../support/api-client.ts';
import { sendRaw } from '../../support/send-raw.ts';
import { useService } from '../../support/use-service.ts';

const HOST = 'Host: rollcall\r\nConnection: close\r\n';
const JSON_TYPE = 'Content-Type: application/json\r\n';
const GET = `GET /users/olivia HTTP/1.1\r\n${HOST}`;
const POST = `POST /users HTTP/1.1\r\n${HOST}${JSON_TYPE}`;

describe('malformed and unusual requests', () => {
  const service = useService();
  const { api } = service;

  before(async () => {
    await createUsers(api, 'olivia');
  });

  const newUser = (): string => JSON.stringify(service.newUser());

  const outcomesOf = async (bytes: string): Promise<readonly string[]> =>
    (await sendRaw(service.url, bytes)).map(outcomeOf);

  const tooLarge = {
    'a header': `${GET}X-Big: ${'x'.repeat(20_000)}\r\n\r\n`,
    'many headers': `${GET}${'X-Many: x\r\n'.repeat(4000)}\r\n`,
    'a path': `GET /${'x'.repeat(20_000)} HTTP/1.1\r\n${HOST}\r\n`,
    'a query': `GET /users/olivia?${'x=1&'.repeat(5000)} HTTP/1.1\r\n${HOST}\r\n`,
    'a name': `${GET}${'x'.repeat(20_000)}: 1\r\n\r\n`,
  };
  for (const [what, bytes] of Object.entries(tooLarge)) {
    it(`rejects ${what} of 20 kB`, async () => {
      expect(await outcomesOf(bytes)).to.deep.equal(['431 headers_too_large']);
    });
  }

  it('reads each of thousands of headers', async () => {
    const many = 'a:\r\n'.repeat(3000);
    const [response] = await sendRaw(
      service.url,
      `GET /users/olivia/organizations HTTP/1.1\r\n${HOST}${many}Authorization: olivia\r\n\r\n`,
    );
    expect(response?.status).to.equal(200);
  });

  const body = '{"username":"smuggled","firstName":"F","lastName":"L"}';
  const malformed = {
    'random bytes': '\u0001\u0002\u0003\r\n\r\n',
    'a TLS hello': '\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\r\n',
    'an HTTP/2 preface': 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
    'an unknown method': `FETCH /users HTTP/1.1\r\n${HOST}\r\n`,
    'a relative path': `GET users HTTP/1.1\r\n${HOST}\r\n`,
    'bare line feeds': 'GET /users/olivia HTTP/1.1\nHost: x\n\n',
    'a NUL in a header': `${GET}X: a\u0000b\r\n\r\n`,
    'a folded header': `${GET}X: a\r\n b\r\n\r\n`,
    'a space before the colon': `${POST}Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n`,
    'Content-Length and Transfer-Encoding': `${POST}Content-Length: ${body.length}\r\nTransfer-Encoding: chunked\r\n\r\n${body}`,
    'Transfer-Encoding and Content-Length': `${POST}Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n${GET}\r\n`,
    'two different Content-Lengths': `${POST}Content-Length: 2\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    'a negative Content-Length': `${POST}Content-Length: -1\r\n\r\n${body}`,
    'a signed Content-Length': `${POST}Content-Length: +${body.length}\r\n\r\n${body}`,
    'an endless Content-Length': `${POST}Content-Length: 99999999999999999999\r\n\r\n${body}`,
    'an unknown Transfer-Encoding': `${POST}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n`,
    'chunked before the last': `${POST}Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n`,
    'a chunk of no size': `${POST}Transfer-Encoding: chunked\r\n\r\nzz\r\n\r\n`,
    'a chunk longer than it says': `${POST}Transfer-Encoding: chunked\r\n\r\n2\r\n{}x\r\n0\r\n\r\n`,
  };
  for (const [what, bytes] of Object.entries(malformed)) {
    it(`rejects ${what} with one response and closes the connection`, async () => {
      expect(await outcomesOf(bytes)).to.deep.equal(['400 invalid_request']);
    });
  }

  it('has created no user for any of them', async () => {
    expect(problemOf(await api.get('/users/smuggled'))).to.equal('404 user_not_found');
  });

  it('rejects HTTP/1.1 without a Host', async () => {
    expect(await outcomesOf('GET /users/olivia HTTP/1.1\r\nConnection: close\r\n\r\n')).to.deep.equal([
      '400 invalid_request',
    ]);
  });

  for (const second of ['elsewhere', 'rollcall']) {
    it(`rejects a second Host: ${second}`, async () => {
      expect(await outcomesOf(`${GET}Host: ${second}\r\n\r\n`)).to.deep.equal(['400 invalid_request']);
    });
  }

  it('rejects an unknown expectation', async () => {
    const [response] = await sendRaw(service.url, `${GET}Expect: a-miracle\r\n\r\n`);
    expect(response?.status).to.be.within(400, 499);
    expect(response?.headers.get('Content-Type')).to.equal('application/problem+json');
  });

  describe('request target', () => {
    const warnings: Error[] = [];
    const collect = (warning: Error) => warnings.push(warning);

    before(() => process.on('warning', collect));
    after(() => process.off('warning', collect));

    const get = (target: string) => outcomesOf(`GET ${target} HTTP/1.1\r\n${HOST}\r\n`);

    for (const target of [
      'http://[',
      'http://[::1',
      'http://x:y/',
      'http://x:70000/',
      'http://',
      'http:///',
    ]) {
      it(`rejects the invalid URL ${target}`, async () => {
        expect(await get(target)).to.deep.equal(['400 invalid_request']);
      });
    }

    for (const target of ['*', 'ftp://x/users/olivia', '/users/olivia#here', '//a@b:c#', 'http://x/#']) {
      it(`rejects the form ${target}`, async () => {
        expect(await get(target)).to.deep.equal(['400 invalid_request']);
      });
    }

    for (const target of ['//[', '/\\', '//a@b:c', 'http://x', 'http://x?y', 'http://x//users/olivia']) {
      it(`returns 404 for ${target}`, async () => {
        expect(await get(target)).to.deep.equal(['404 not_found']);
      });
    }

    for (const origin of ['http://elsewhere', 'HTTP://ELSE.where:80', 'https://[::1]:8443', 'http://u:p@x']) {
      it(`accepts ${origin}/users/olivia`, async () => {
        expect(await get(`${origin}/users/olivia`)).to.deep.equal(['200']);
        expect(await get(`${origin}/users/olivia?x=/`)).to.deep.equal(['400 invalid_request']);
      });
    }

    it('rejects OPTIONS *, because allowed methods depend on the path', async () => {
      expect(await outcomesOf(`OPTIONS * HTTP/1.1\r\n${HOST}\r\n`)).to.deep.equal(['400 invalid_request']);
    });

    it('causes no warning of Node', () => {
      expect(warnings).to.deep.equal([]);
    });
  });

  it('accepts HTTP/1.0', async () => {
    expect(await outcomesOf('GET /users/olivia HTTP/1.0\r\n\r\n')).to.deep.equal(['200']);
  });

  it('does not resolve dots in a path', async () => {
    const paths = [
      '/users/../health/live',
      '/users/%2e%2e/health/live',
      '/./users/olivia',
      '/health/live/..',
    ];
    for (const path of paths) {
      expect(await outcomesOf(`GET ${path} HTTP/1.1\r\n${HOST}\r\n`), path).to.deep.equal(['404 not_found']);
    }
  });

  it('answers Expect: 100-continue', async () => {
    const user = newUser();
    const responses = await sendRaw(
      service.url,
      `${POST}Expect: 100-continue\r\nContent-Length: ${user.length}\r\n\r\n${user}`,
    );
    expect(responses.map(outcomeOf)).to.deep.equal(['100', '201']);
  });

  it('accepts a body in chunks of one byte', async () => {
    const chunks = [...newUser()].map((character) => `1\r\n${character}\r\n`).join('');
    expect(await outcomesOf(`${POST}Transfer-Encoding: chunked\r\n\r\n${chunks}0\r\n\r\n`)).to.deep.equal([
      '201',
    ]);
  });

  it('answers pipelined requests in order', async () => {
    const next = (path: string) => `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`;
    const all = `${next('/users/olivia')}${next('/users/nobody')}${next('/health/live')}${next('/users/%')}${GET}\r\n`;
    expect(await outcomesOf(all)).to.deep.equal([
      '200',
      '404 user_not_found',
      '200',
      '400 invalid_request',
      '200',
    ]);
  });

  it('answers a request before the malformed one that follows', async () => {
    const user = newUser();
    const request = `POST /users HTTP/1.1\r\nHost: x\r\n${JSON_TYPE}Content-Length: ${user.length}\r\n\r\n${user}`;
    expect(await outcomesOf(`${request}\u0001nonsense\r\n\r\n`)).to.deep.equal([
      '201',
      '400 invalid_request',
    ]);
  });

  it('uses the first of two Authorization headers', async () => {
    const [response] = await sendRaw(
      service.url,
      `GET /users/olivia/organizations HTTP/1.1\r\n${HOST}Authorization: olivia\r\nAuthorization: nobody\r\n\r\n`,
    );
    expect(response?.status).to.equal(200);
  });

  it('rejects a body that is too large before it is complete', async () => {
    const socket = connect(Number(new URL(service.url).port), '127.0.0.1');
    socket.on('error', () => socket.destroy());
    const answered = once(socket, 'data');
    socket.write(`${POST}Transfer-Encoding: chunked\r\n\r\n`);
    const chunk = `10000\r\n${'x'.repeat(65_536)}\r\n`;
    let sent = 0;
    const pump = async (): Promise<string> => {
      while (sent++ < 200 && !socket.destroyed) if (!socket.write(chunk)) await once(socket, 'drain');
      return 'still reading after 13 MB';
    };
    const first = await Promise.race([answered.then(([bytes]) => String(bytes).slice(0, 12)), pump()]);
    socket.destroy();
    expect(first).to.equal('HTTP/1.1 413');
  });

  it('keeps serving after clients disconnect during requests', async () => {
    const leave = async (i: number): Promise<void> => {
      const user = newUser();
      const socket = connect(Number(new URL(service.url).port), '127.0.0.1');
      await once(socket, 'connect');
      socket.write(`${POST}Content-Length: ${user.length}\r\n\r\n${i % 2 === 0 ? user : user.slice(0, 9)}`);
      if (i % 3 === 0) socket.resetAndDestroy();
      else socket.destroy();
      await once(socket, 'close');
    };
    await Promise.all(Array.from({ length: 100 }, (_, i) => leave(i)));
    expect((await api.get('/users/olivia')).status).to.equal(200);
    expect((await api.get('/health/ready')).status).to.equal(200);
  });

  it('answers two hundred concurrent connections', async () => {
    const responses = await Promise.all(Array.from({ length: 200 }, () => outcomesOf(`${GET}\r\n`)));
    expect(responses.flat().filter((outcome) => outcome !== '200')).to.deep.equal([]);
  });
});
