import { readdirSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import { endProcesses, serving, temporaryFolder } from '../../support/rollcall-process.ts';
import { type Ended, runRollcall } from '../../support/run-rollcall.ts';

const roundTrips = (of: string) =>
  new RegExp(`^ok {7}${of}: 20 round trips, median \\d+\\.\\d\\d ms, slowest \\d+\\.\\d\\d ms$`);

describe('rollcall doctor', function () {
  this.timeout(60_000);
  let onMemory: Ended;
  let mistaken: Ended;

  before(async () => {
    const doctor = (env: Readonly<Record<string, string>>) => runRollcall(['doctor'], { env });
    [onMemory, mistaken] = await Promise.all([
      doctor({ STORE: 'memory', CACHE: 'none' }),
      doctor({ STORE: 'dynamodb', CACHE: 'memory', STORE_TIMEOUT_MS: '4001', REDIS_URL: 'me:secret@host' }),
    ]);
  });
  after(endProcesses);

  it('finds nothing wrong where nothing is, and tells the round trips', () => {
    const { exit, lines, stderr } = onMemory;
    const [store, cache, ...rest] = lines;
    expect(store).to.match(roundTrips('store'));
    expect(cache).to.match(roundTrips('cache'));
    expect(rest).to.deep.equal([
      'ok       registered cache: none yet; the first instance registers its own',
      '0 problems, 0 warnings',
    ]);
    expect([exit, stderr]).to.deep.equal([0, '']);
  });

  it('refuses settings that cannot be used, all at once, without what is secret', () => {
    const { exit, stdout, stderr } = mistaken;
    expect([exit, stdout]).to.deep.equal([2, '']);
    expect(stderr)
      .to.match(/^rollcall: the configuration is not valid:$/m)
      .and.to.match(/^ {2}CACHE: "memory" is not allowed with STORE=dynamodb/m)
      .and.to.match(/^ {2}STORE_TIMEOUT_MS: "4001" is too long /m)
      .and.to.match(/^ {2}REDIS_URL is not valid \(value hidden\); /m)
      .and.not.to.match(/secret|^\s+at /m);
  });

  describe('on a SQLite file', () => {
    it('that is not there makes none, and says so', async () => {
      const folder = temporaryFolder();
      const { exit, lines, stderr } = await runRollcall(['doctor'], { folder });
      const [file, cache, ...rest] = lines;
      expect(file).to.equal(
        'ok       sqlite: ./data/rollcall.db does not exist yet; the service creates it when it starts',
      );
      expect(cache).to.match(roundTrips('cache'));
      expect(rest).to.deep.equal(['0 problems, 0 warnings']);
      expect([exit, stderr]).to.deep.equal([0, '']);
      expect(readdirSync(folder)).to.deep.equal([]);
    });

    it('that cannot be made is a mistake of the settings', async () => {
      const { exit, stdout, stderr } = await runRollcall(['doctor'], {
        env: { SQLITE_PATH: '/dev/null/deep/rollcall.db' },
      });
      expect([exit, stdout]).to.deep.equal([2, '']);
      expect(stderr).to.match(/^ {2}SQLITE_PATH: "\/dev\/null\/deep\/rollcall\.db" cannot be used: /m);
    });

    it('that the service has made tells the round trips, and leaves it as it is', async () => {
      const folder = temporaryFolder();
      const first = await serving({ folder });
      first.signal('SIGTERM');
      await first.exit();
      const file = `${folder}/data/rollcall.db`;
      const before = readFileSync(file);
      const { exit, lines } = await runRollcall(['doctor'], { folder });
      expect(lines[0]).to.match(roundTrips('store'));
      expect(exit).to.equal(0);
      expect(readFileSync(file).equals(before)).to.equal(true);
    });

    it('says that another cache is set than was, and that the next start will bring it', async () => {
      const folder = temporaryFolder();
      const first = await serving({ folder, env: { CACHE: 'none' } });
      first.signal('SIGTERM');
      await first.exit();
      for (let time = 1; time <= 2; time += 1) {
        const { exit, lines } = await runRollcall(['doctor'], { folder });
        expect(lines.slice(2), `time ${time}`).to.deep.equal([
          'warning  registered cache: "none", but "memory" is configured here',
          '         → no other process has the store open; the next start registers the configured cache',
          '0 problems, 1 warning',
        ]);
        expect(exit).to.equal(0);
      }
    });

    it('says that another cache is set than that of the service that has it open', async () => {
      const { folder } = await serving({ env: { CACHE: 'none' } });
      const { exit, lines } = await runRollcall(['doctor'], { folder, env: { CACHE: 'memory' } });
      expect(lines.slice(2)).to.deep.equal([
        'problem  registered cache: "none", but "memory" is configured here',
        '         → configure the same cache on all instances; to change it, stop them all and run `rollcall cache adopt`',
        '1 problem, 0 warnings',
      ]);
      expect(exit).to.equal(1);
    });
  });
});
