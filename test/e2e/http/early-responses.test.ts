import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { expect } from 'chai';
import { endProcesses, startRollcall } from '../../support/rollcall-process.ts';
import { sendRaw } from '../../support/send-raw.ts';

const APP = 'https://app.example.com';
const JSON_TYPE = 'Content-Type: application/json\r\n';
const CHUNK = `3e8\r\n${'x'.repeat(1000)}\r\n`;

/** The service runs in its own process, so that it does not share an event loop with the client. */
describe('a response before the request is complete', function () {
  this.timeout(6_000);
  const opened = new Set<Socket>();
  let url: string;

  before(async () => {
    const service = await startRollcall({ env: { STORE: 'memory', CORS_ORIGINS: APP } });
    url = await service.url();
    await service.createUser('olivia');
  });
  after(endProcesses);
  afterEach(() => {
    for (const socket of opened) socket.destroy();
    opened.clear();
  });

  const open = async (to = url): Promise<Socket> => {
    const { hostname, port } = new URL(to);
    const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
    opened.add(socket);
    // The tests observe failures through what they write and read.
    socket.on('error', () => {});
    await once(socket, 'connect');
    return socket;
  };

  const head = (request: string, headers: string): string =>
    `${request} HTTP/1.1\r\nHost: x\r\n${headers}Transfer-Encoding: chunked\r\n\r\n`;

  const early: Readonly<Record<string, readonly [status: number, headers: string]>> = {
    'GET /users/olivia': [200, ''],
    'GET /health/live': [200, ''],
    'POST /nowhere': [404, JSON_TYPE],
    'PUT /users': [405, JSON_TYPE],
    'OPTIONS /users': [204, ''],
    'OPTIONS /organizations': [204, `Origin: ${APP}\r\nAccess-Control-Request-Method: POST\r\n`],
    'POST /organizations': [401, JSON_TYPE],
    'POST /users': [415, 'Content-Type: text/plain\r\n'],
    'DELETE /organizations/x/members/y': [404, 'Authorization: olivia\r\n'],
    'GET http://[': [400, ''],
  };

  describe('closes the connection soon', () => {
    const answerOf = async (socket: Socket): Promise<string> => {
      let received = '';
      socket.setEncoding('latin1').on('data', (text: string) => {
        received += text;
      });
      await new Promise((resolve) => socket.once('end', resolve).once('close', resolve));
      return received;
    };

    const flood = (socket: Socket): void => {
      socket.write(CHUNK, () => setImmediate(() => socket.destroyed || flood(socket)));
    };

    const expectResponseAndClose = async (socket: Socket, status: number): Promise<void> => {
      expect(await answerOf(socket)).to.match(
        new RegExp(`^HTTP/1\\.1 ${status} (?:(?!\\r\\n\\r\\n).)*\r\nConnection: close\r\n`, 's'),
      );
    };

    for (const [request, [status, headers]] of Object.entries(early)) {
      it(`if ${request} (${status}) has an endless body`, async () => {
        const socket = await open();
        socket.write(head(request, headers));
        flood(socket);
        await expectResponseAndClose(socket, status);
      });
    }

    it('if the body is announced and never sent', async () => {
      const requests = Object.entries(early).map(async ([request, [status, headers]]) => {
        const socket = await open();
        socket.write(head(request, headers));
        await expectResponseAndClose(socket, status);
      });
      await Promise.all(requests);
    });

    it('if the body is too large and endless', async () => {
      const socket = await open();
      socket.write(head('POST /users', JSON_TYPE));
      flood(socket);
      await expectResponseAndClose(socket, 413);
    });

    it('if an invalid chunk follows, without a second response', async () => {
      const socket = await open();
      socket.write(`${head('GET /users/olivia', '')}${CHUNK}`);
      await once(socket, 'readable');
      socket.write('no chunk\r\n\r\n');
      const response = await answerOf(socket);
      expect(response.match(/HTTP\/1\.1 \d+/g)).to.deep.equal(['HTTP/1.1 200']);
    });
  });

  it('leaves the connection open if the request is complete', async () => {
    const body = `${JSON_TYPE}Content-Length: 2\r\n\r\n{}`;
    const responses = await sendRaw(
      url,
      `POST /organizations HTTP/1.1\r\nHost: x\r\n${body}` +
        `POST /users HTTP/1.1\r\nHost: x\r\n${body}` +
        'GET /users/olivia HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
    );
    expect(responses.map(({ status }) => status)).to.deep.equal([401, 400, 200]);
  });

  describe('reaches a client that sends everything before it reads', () => {
    const CLIENTS = 20;

    /** The beginning of the status line that such a client reads, or its error. */
    const statusLine = async (pieces: readonly string[]): Promise<string> => {
      const socket = await open();
      try {
        for (const piece of pieces) {
          await new Promise<void>((sent, failed) => {
            socket.write(piece, (error) => (error ? failed(error) : sent()));
          });
        }
        const received: Buffer[] = [];
        for await (const bytes of socket) received.push(bytes);
        return Buffer.concat(received).toString('latin1').slice(0, 12);
      } catch (error) {
        return String(error);
      }
    };

    const chunks = (count: number): readonly string[] => [...Array<string>(count).fill(CHUNK), '0\r\n\r\n'];
    const cases: Readonly<Record<string, readonly [status: number, pieces: readonly string[]]>> = {
      'a streamed body of 300 kB': [413, [head('POST /users', JSON_TYPE), ...chunks(300)]],
      'a streamed body of 900 kB': [413, [head('POST /users', JSON_TYPE), ...chunks(900)]],
      'a body of another content type': [415, [head('POST /users', ''), ...chunks(300)]],
      'a body for an unknown route': [404, [head('POST /nowhere', ''), ...chunks(300)]],
      'headers of 300 kB': [
        431,
        ['GET / HTTP/1.1\r\n', ...Array<string>(300).fill(`X: ${'x'.repeat(996)}\r\n`)],
      ],
      'bytes that are not HTTP': [400, Array<string>(300).fill('\u0001'.repeat(1000))],
    };
    for (const [what, [status, pieces]] of Object.entries(cases)) {
      it(`${status} for ${what}`, async () => {
        const outcomes = new Set<string>();
        for (let i = 0; i < CLIENTS; i++) outcomes.add(await statusLine(pieces));
        expect([...outcomes]).to.deep.equal([`HTTP/1.1 ${status}`]);
      });
    }
  });

  it('closes a connection without HTTP that the client keeps open', async () => {
    const stopping = await startRollcall({ env: { STORE: 'memory' } });
    const socket = await open(await stopping.url());
    socket.write('\u0001\r\n\r\n');
    socket.resume();
    await once(socket, 'end');
    stopping.signal('SIGTERM');
    expect(await stopping.exit()).to.equal(0);
  });
});
