import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import {
  endProcesses,
  type RollcallProcess,
  startRollcall,
  temporaryFolder,
} from '../../support/rollcall-process.ts';

describe('startup', function () {
  this.timeout(60_000);
  let plain: RollcallProcess;
  let withDotEnv: RollcallProcess;

  before(async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, '.env'), 'PORT=nonsense\nCACHE=none\nSTORE="memory"\n# LOG_LEVEL=loud\n');
    [plain, withDotEnv] = await Promise.all([startRollcall(), startRollcall({ folder })]);
  });
  after(endProcesses);

  it('prints its configuration and its address, and nothing else to standard output', async () => {
    const url = await plain.url();
    expect(url).to.match(/^http:\/\/127\.0\.0\.1:[1-9]\d+$/);
    expect((await fetch(`${url}/health/ready`)).status).to.equal(200);
    expect((await plain.call('GET', '/users/unknown')).status).to.equal(404);
    const [store, cache, auth, ...rest] = plain.lines;
    expect(store).to.match(/^store +sqlite.* \.\/data\/rollcall\.db$/);
    expect(cache).to.match(/^cache +memory/);
    expect(auth).to.match(/^auth +header.*warning/i);
    expect(rest).to.deep.equal([`rollcall listening on ${url}`]);
    expect(plain.stdout).to.equal(`${plain.lines.join('\n')}\n`);
  });

  it('stores its records in ./data/rollcall.db by default', async () => {
    expect((await plain.createUser('ann')).status).to.equal(201);
    expect(existsSync(join(plain.folder, 'data', 'rollcall.db'))).to.equal(true);
  });

  it('reads a .env file in the working directory, overridden by the environment', () => {
    expect(withDotEnv.lines[0]).to.match(/^store +memory/);
    expect(withDotEnv.lines[1]).to.match(/^cache +none/);
    expect(existsSync(join(withDotEnv.folder, 'data'))).to.equal(false);
  });
});
