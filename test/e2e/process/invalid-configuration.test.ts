import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { endProcesses, RollcallProcess, temporaryFolder } from '../../support/rollcall-process.ts';

const STACK = /^\s+at /m;

describe('an invalid configuration', function () {
  this.timeout(60_000);
  let invalid: RollcallProcess;
  let notADatabase: RollcallProcess;
  let badPaths: readonly RollcallProcess[];

  before(async () => {
    invalid = new RollcallProcess({
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
    writeFileSync(join(folder, 'text.txt'), 'plain text\n'.repeat(1000));
    notADatabase = new RollcallProcess({ folder, env: { PORT: '0', SQLITE_PATH: 'text.txt' } });
    // Not even root can create a folder in /proc, or below a file.
    badPaths = ['/proc/missing/folder/rollcall.db', '/proc/rollcall.db', 'text.txt/rollcall.db'].map(
      (path) => new RollcallProcess({ folder, env: { PORT: '0', SQLITE_PATH: path } }),
    );
    await Promise.all([invalid, notADatabase].map((one) => one.exit()));
  });
  after(endProcesses);

  it('is rejected with every problem: the variable, the given and the expected value', async () => {
    expect(await invalid.exit()).to.equal(2);
    const [title, ...problems] = invalid.stderr.trimEnd().split('\n');
    expect(title).to.equal('rollcall: the configuration is not valid:');
    expect(problems).to.have.length(6);
    for (const problem of [
      /^ {2}PORT: "abc" is not valid; expected: .*65535/m,
      /^ {2}STORE: "mysql" is not valid; expected: .*sqlite/m,
      /^ {2}TTL_JITTER: "1" is not valid; expected: .*1/m,
      /^ {2}CORS_ORIGINS: "foo" is not valid; expected: .*https:/m,
      /^ {2}HOST: "0\.0\.0\.0" is not allowed .*; expected: .*127\.0\.0\.1/m,
      /^ {2}AUTH: not set.*NODE_ENV=production/m,
    ]) {
      expect(invalid.stderr).to.match(problem);
    }
  });

  it('prints nothing to standard output and creates no files', () => {
    expect(invalid.stdout).to.equal('');
    expect(readdirSync(invalid.folder)).to.deep.equal([]);
  });

  it('is rejected if the file is not a database', async () => {
    expect(await notADatabase.exit()).to.equal(2);
    expect(notADatabase.stderr).to.match(/^ {2}SQLITE_PATH: "text\.txt" cannot be used: .*not a database/m);
    expect(notADatabase.stderr).not.to.match(STACK);
    expect(notADatabase.stdout).to.equal('');
  });

  it('is rejected if the file cannot be created', async () => {
    for (const badPath of badPaths) {
      expect(await badPath.exit()).to.equal(2);
      expect(badPath.stderr).to.match(/^ {2}SQLITE_PATH: "\S+\/rollcall\.db" cannot be used: \S+/m);
      expect(badPath.stderr).not.to.match(STACK);
      expect(badPath.stdout).to.equal('');
    }
  });

  it('is rejected if no AWS region is configured anywhere', async () => {
    const noAwsConfiguration = { AWS_CONFIG_FILE: '/dev/null', AWS_SHARED_CREDENTIALS_FILE: '/dev/null' };
    const noRegion = new RollcallProcess({
      env: { PORT: '0', STORE: 'dynamodb', CACHE: 'none', ...noAwsConfiguration },
    });
    expect(await noRegion.exit()).to.equal(2);
    expect(noRegion.stderr)
      .to.match(/^ {2}AWS_REGION: not set, .*; expected: a region such as eu-central-1$/m)
      .and.not.to.match(STACK);
    expect(noRegion.stdout).to.equal('');
  });
});
