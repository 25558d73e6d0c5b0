import { expect } from 'chai';
import type { HttpServer } from '../../../src/adapters/http/http-server.ts';
import { CannotListen, listen } from '../../../src/app/composition/commands/listen.ts';
import { readConfig } from '../../../src/app/composition/config/read-config.ts';

const CONFIG = readConfig({ HOST: '127.0.0.2', PORT: '81' });

const serverFailingWith = (code: string): HttpServer =>
  ({
    listen: () => Promise.reject(Object.assign(new Error(`listen ${code}`), { code })),
  }) as unknown as HttpServer;

describe('listen', () => {
  const MESSAGES: Readonly<Record<string, RegExp>> = {
    EADDRINUSE: /^port 81 on 127\.0\.0\.2 is already in use; set PORT to another port/,
    EACCES: /^no permission to listen on port 81; set PORT to a port from 1024/,
    EADDRNOTAVAIL: /^HOST=127\.0\.0\.2 is not an address of this machine; set HOST/,
    ENOTFOUND: /^HOST=127\.0\.0\.2 is not an address of this machine; set HOST/,
    EMFILE: /^cannot listen on 127\.0\.0\.2, port 81: listen EMFILE$/,
  };
  for (const [code, message] of Object.entries(MESSAGES)) {
    it(`explains ${code} and keeps it as the cause`, async () => {
      const failure = await listen(serverFailingWith(code), CONFIG).catch((error: unknown) => error);
      expect(failure).to.be.instanceOf(CannotListen);
      expect(failure).to.have.property('message').that.matches(message);
      expect(failure).to.have.nested.property('cause.code', code);
    });
  }

  it('returns the URL of the server', async () => {
    const server = { listen: async (host: string, port: number) => `http://${host}:${port}` };
    expect(await listen(server as unknown as HttpServer, CONFIG)).to.equal('http://127.0.0.2:81');
  });
});
