import { chmodSync, linkSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { expect } from 'chai';
import { chooseDriver } from '../../../src/adapters/stores/sqlite/driver/choose-driver.ts';
import { walResetWarning } from '../../../src/adapters/stores/sqlite/driver/wal-reset-defect.ts';
import { endProcesses, startRollcall, temporaryFolder } from '../../support/rollcall-process.ts';
import { runRollcall } from '../../support/run-rollcall.ts';

const ROUND_TRIPS = /^ok {7}(store|cache): 20 round trips, /;

describe('rollcall doctor on a SQLite file', function () {
  this.timeout(60_000);
  after(endProcesses);

  /** The first lines: of SQLite, and of the schema. */
  async function about(schema = 'schema version 2'): Promise<readonly string[]> {
    const { name, version } = await chooseDriver();
    const warning = walResetWarning({ name, version });
    return [
      ...(warning === undefined
        ? [`ok       sqlite: SQLite ${version} (${name})`]
        : [`warning  sqlite: ${warning.what}`, `         → ${warning.advice}`]),
      `ok       sqlite: ${schema}`,
    ];
  }

  /** What it prints, without the round trips and the last line. */
  async function doctor(folder: string, env: Readonly<Record<string, string>> = {}) {
    const { exit, lines, stderr } = await runRollcall(['doctor'], { folder, env });
    const findings = lines.slice(0, -1);
    return { exit, stderr, findings: findings.filter((line) => !ROUND_TRIPS.test(line)) };
  }

  async function stopped(env: Readonly<Record<string, string>> = {}): Promise<string> {
    const service = await startRollcall({ env });
    service.signal('SIGTERM');
    await service.exit();
    return service.folder;
  }

  it('that does not exist creates none, and says so', async () => {
    const folder = temporaryFolder();
    expect(await doctor(folder)).to.deep.equal({
      exit: 0,
      stderr: '',
      findings: [
        'ok       sqlite: ./data/rollcall.db does not exist yet; the service creates it when it starts',
      ],
    });
    expect(readdirSync(folder)).to.deep.equal([]);
  });

  it('that cannot be created is a configuration error', async () => {
    const { exit, stdout, stderr } = await runRollcall(['doctor'], {
      env: { SQLITE_PATH: '/dev/null/deep/rollcall.db' },
    });
    expect([exit, stdout]).to.deep.equal([2, '']);
    expect(stderr).to.match(/^ {2}SQLITE_PATH: "\/dev\/null\/deep\/rollcall\.db" cannot be used: /m);
  });

  it('that the service has created reports its state, and leaves the files as they are', async () => {
    const folder = await stopped();
    const files = () =>
      readdirSync(`${folder}/data`).map((name) => [
        name,
        readFileSync(`${folder}/data/${name}`).toString('hex'),
      ]);
    rmSync(`${folder}/data/rollcall.db-lock`);
    const before = files().filter(([name]) => !name?.endsWith('-shm'));
    expect(await doctor(folder)).to.deep.equal({
      exit: 0,
      stderr: '',
      findings: [...(await about()), 'ok       registered cache: "memory", the same as configured here'],
    });
    expect(files().filter(([name]) => !name?.endsWith('-shm'))).to.deep.equal(before);
  });

  it('that a running service has opened exclusively names that process, and the service continues', async () => {
    const service = await startRollcall();
    await service.createUser('ann');
    expect(await doctor(service.folder)).to.deep.equal({
      exit: 0,
      stderr: '',
      findings: [
        ...(await about()),
        `ok       sqlite: another process${holder(service.pid)} has the file open exclusively; the check was read-only`,
        '         → query /health/ready of that process for its state, including its cache',
        'ok       registered cache: "memory", the same as configured here',
      ],
    });
    expect((await service.createUser('bob')).status).to.equal(201);
    expect((await service.call('GET', '/health/ready')).status).to.equal(200);
  });

  it('that running services share says so', async () => {
    const service = await startRollcall({ env: { CACHE: 'none' } });
    const { exit, findings } = await doctor(service.folder, { CACHE: 'none' });
    expect(findings).to.include('ok       sqlite: other processes have the file open in shared mode');
    expect(exit).to.equal(0);
  });

  it('reports that another cache is registered, and that the next start registers the configured one', async () => {
    const folder = await stopped({ CACHE: 'none' });
    for (let time = 1; time <= 2; time += 1) {
      const { exit, findings } = await doctor(folder);
      expect(findings.slice(-2), `time ${time}`).to.deep.equal([
        'warning  registered cache: "none", but "memory" is configured here',
        '         → no other process has the store open; the next start registers the configured cache',
      ]);
      expect(exit).to.equal(0);
    }
  });

  it('reports that another cache is registered by a running service as a problem', async () => {
    const { folder } = await startRollcall({ env: { CACHE: 'none' } });
    const { exit, findings } = await doctor(folder, { CACHE: 'memory' });
    expect(findings.slice(-2)).to.deep.equal([
      'problem  registered cache: "none", but "memory" is configured here',
      '         → configure the same cache on all instances; to change it, stop them all and run `rollcall cache adopt`',
    ]);
    expect(exit).to.equal(1);
  });

  it('warns of files that every user may read, and refuses one with a second name', async () => {
    const folder = await stopped();
    const file = `${realpathSync(folder)}/data/rollcall.db`;
    chmodSync(file, 0o644);
    const { findings } = await doctor(folder);
    expect(findings.find((line) => line.includes('chmod')))
      .to.match(/^ +→ chmod 600 "/)
      .and.include(file);
    linkSync(file, `${folder}/other.db`);
    const { exit, stderr } = await doctor(folder);
    expect(exit).to.equal(2);
    expect(stderr).to.include('rollcall.db has 2 hard links');
  });

  it('of an earlier schema says that the next start migrates it', async () => {
    const folder = await stopped();
    const db = (await chooseDriver()).open(`${folder}/data/rollcall.db`);
    db.exec('PRAGMA user_version = 1');
    db.close();
    const schema = 'schema version 1; the next start migrates it to version 2';
    expect((await doctor(folder)).findings).to.include.members([...(await about(schema))]);
  });
});

/** Only Linux reveals who holds a lock. */
function holder(pid: number | undefined): string {
  return process.platform === 'linux' ? ` (pid ${pid})` : '';
}
