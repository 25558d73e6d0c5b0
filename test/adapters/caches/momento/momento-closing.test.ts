import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { momentoFixture } from '../../../support/momento-fixture.ts';

/** Without the adapter's own `close`, the SDK would keep the process alive for two minutes. */
const TIMEOUT_MS = 15_000;

describe('MomentoClient.close', () => {
  const { startServer } = momentoFixture();

  it('lets the process exit, even after failures and long idle times', async () => {
    const server = await startServer();
    const script = fileURLToPath(new URL('./close-clients-process.ts', import.meta.url));
    const run = promisify(execFile);
    const { stdout } = await run(process.execPath, ['--import=tsx', script, String(server.port)], {
      timeout: TIMEOUT_MS,
    });
    expect(stdout).to.equal('closed\n');
  });
});
