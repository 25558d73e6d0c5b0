import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { MomentoServer } from '../../../support/momento-server/momento-server.ts';

/** The SDK alone would take two minutes. */
const GIVE_UP_MS = 15_000;

describe('MomentoClient when it is closed', () => {
  let server: MomentoServer;
  before(async () => {
    server = await MomentoServer.start();
  });
  after(() => server.stop());

  it('lets the process end, also after failures, and after it has idled for long', async () => {
    const worker = fileURLToPath(new URL('./close-clients-process.ts', import.meta.url));
    const run = promisify(execFile);
    const { stdout } = await run(process.execPath, ['--import=tsx', worker, String(server.port)], {
      timeout: GIVE_UP_MS,
    });
    expect(stdout).to.equal('closed\n');
  });
});
