import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { endProcesses, RollcallProcess, temporaryFolder } from '../../support/rollcall-process.ts';

const STACK = /^\s+at /m;

describe('a configuration that cannot be used', function () {
  this.timeout(60_000);
  let mistaken: RollcallProcess;
  let noDatabase: RollcallProcess;
  let noPlaces: readonly RollcallProcess[];

  before(async () => {
    mistaken = new RollcallProcess({
      env: {
        PORT: 'abc',
        STORE: 'mysql',
        TTL_JITTER: '1',
        CORS_ORIGINS: 'foo',
        HOST: '0.0.0.0',
        NODE_ENV: 'production',
      },
    });
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'letter.txt'), 'Dear Ann,\n'.repeat(1000));
    noDatabase = new RollcallProcess({ folder, env: { PORT: '0', SQLITE_PATH: 'letter.txt' } });
    // Nobody can make a folder there, not even root; below a file neither.
    noPlaces = ['/proc/some/where/rollcall.db', '/proc/rollcall.db', 'letter.txt/rollcall.db'].map(
      (path) => new RollcallProcess({ folder, env: { PORT: '0', SQLITE_PATH: path } }),
    );
    await Promise.all([mistaken, noDatabase].map((one) => one.exit()));
  });
  after(endProcesses);

  it('is refused with every mistake at once: the variable, what was given, what is expected', async () => {
    expect(await mistaken.exit()).to.equal(2);
    const [title, ...problems] = mistaken.stderr.trimEnd().split('\n');
    expect(title).to.equal('rollcall: the configuration is not valid:');
    expect(problems).to.have.length(6);
    for (const mistake of [
      /^ {2}PORT: "abc" is not valid; expected: .*65535/m,
      /^ {2}STORE: "mysql" is not valid; expected: .*sqlite/m,
      /^ {2}TTL_JITTER: "1" is not valid; expected: .*1/m,
      /^ {2}CORS_ORIGINS: "foo" is not valid; expected: .*https:/m,
      /^ {2}HOST: "0\.0\.0\.0" is not allowed .*; expected: .*127\.0\.0\.1/m,
      /^ {2}AUTH: not set.*NODE_ENV=production/m,
    ]) {
      expect(mistaken.stderr).to.match(mistake);
    }
  });

  it('leaves nothing behind, on standard output and in the folder', () => {
    expect(mistaken.stdout).to.equal('');
    expect(readdirSync(mistaken.folder)).to.deep.equal([]);
  });

  it('is also one whose file is no database', async () => {
    expect(await noDatabase.exit()).to.equal(2);
    expect(noDatabase.stderr).to.match(/^ {2}SQLITE_PATH: "letter\.txt" cannot be used: .*not a database/m);
    expect(noDatabase.stderr).not.to.match(STACK);
    expect(noDatabase.stdout).to.equal('');
  });

  it('is also one whose file has no place', async () => {
    for (const noPlace of noPlaces) {
      expect(await noPlace.exit()).to.equal(2);
      expect(noPlace.stderr).to.match(/^ {2}SQLITE_PATH: "\S+\/rollcall\.db" cannot be used: \S+/m);
      expect(noPlace.stderr).not.to.match(STACK);
      expect(noPlace.stdout).to.equal('');
    }
  });

  it('is also one that names no AWS region, nor anything of AWS does', async () => {
    const nowhere = { AWS_CONFIG_FILE: '/dev/null', AWS_SHARED_CREDENTIALS_FILE: '/dev/null' };
    const noRegion = new RollcallProcess({
      env: { PORT: '0', STORE: 'dynamodb', CACHE: 'none', ...nowhere },
    });
    expect(await noRegion.exit()).to.equal(2);
    expect(noRegion.stderr)
      .to.match(/^ {2}AWS_REGION: not set, .*; expected: a region such as eu-central-1$/m)
      .and.not.to.match(STACK);
    expect(noRegion.stdout).to.equal('');
  });
});
