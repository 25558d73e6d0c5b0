import { expect } from 'chai';
import { chooseDriver } from '../../../src/adapters/stores/sqlite/driver/choose-driver.ts';
import { walResetWarning } from '../../../src/adapters/stores/sqlite/driver/wal-reset-defect.ts';
import {
  endProcesses,
  RollcallProcess,
  startRollcall,
  temporaryFolder,
} from '../../support/rollcall-process.ts';

const STACK = /^\s+at /m;
const ADVICE = /\bstop\b|CACHE=none/i;

const on = (folder: string, cache: 'memory' | 'none') => ({ folder, env: { PORT: '0', CACHE: cache } });

describe('a SQLite file with several processes', function () {
  this.timeout(60_000);
  let owner: RollcallProcess;
  let one: RollcallProcess;
  let other: RollcallProcess;
  let rest: RollcallProcess[];

  before(async () => {
    const file = temporaryFolder();
    const four = Array.from({ length: 4 }, () => startRollcall(on(file, 'none')));
    const all = await Promise.all([startRollcall(on(temporaryFolder(), 'memory')), ...four]);
    [owner, one, other, ...rest] = all as [RollcallProcess, RollcallProcess, RollcallProcess];
  });
  after(endProcesses);

  describe('with exclusive access (CACHE=memory)', () => {
    let withMemory: RollcallProcess;
    let withNone: RollcallProcess;

    before(async () => {
      await owner.createUser('ann');
      withMemory = new RollcallProcess(on(owner.folder, 'memory'));
      withNone = new RollcallProcess(on(owner.folder, 'none'));
      await Promise.all([withMemory.exit(), withNone.exit()]);
    });

    it('rejects a second process, with any cache', async () => {
      for (const second of [withMemory, withNone]) {
        expect(await second.exit()).to.equal(2);
        expect(second.stderr).to.match(/^ {2}SQLITE_PATH: "\.\/data\/rollcall\.db" cannot be used: /m);
        expect(second.stderr).not.to.match(STACK);
        expect(second.stdout).to.equal('');
      }
    });

    it('reports how to resolve the conflict', () => {
      expect(withMemory.stderr).to.match(ADVICE);
      expect(withNone.stderr).to.match(ADVICE);
    });

    it('is still served by the first process', async () => {
      expect((await owner.call('GET', '/users/ann')).status).to.equal(200);
      expect((await owner.createUser('bob')).status).to.equal(201);
    });

    it('can be opened after kill -9 and SIGTERM, also with another cache', async () => {
      await owner.kill();
      const second = await startRollcall(on(owner.folder, 'none'));
      expect((await second.call('GET', '/users/bob')).status).to.equal(200);
      expect((await second.createUser('cyd')).status).to.equal(201);
      second.signal('SIGTERM');
      expect(await second.exit()).to.equal(0);
      const third = await startRollcall(on(owner.folder, 'memory'));
      expect((await third.call('GET', '/users/cyd')).status).to.equal(200);
    });
  });

  describe('with shared access (CACHE=none)', () => {
    it('warns at startup if the SQLite version can lose changes', async () => {
      const warning = walResetWarning(await chooseDriver());
      const warnings = (process: RollcallProcess) => process.lines.filter((line) => /^WARNING: /.test(line));
      expect(warnings(one)).to.deep.equal(
        warning === undefined ? [] : [`WARNING: ${warning.what}; ${warning.advice}`],
      );
      expect(warnings(owner), 'not shared').to.deep.equal([]);
    });

    it('is served by all processes that start concurrently without a file', async () => {
      expect((await one.createUser('ann')).status).to.equal(201);
      for (const any of [one, other, ...rest]) {
        expect((await any.call('GET', '/users/ann')).status).to.equal(200);
      }
    });

    it('shows the writes of one process to the other at once', async () => {
      for (let turn = 0; turn < 10; turn += 1) {
        expect((await other.call('GET', `/users/bob-${turn}`)).status).to.equal(404);
        expect((await one.createUser(`bob-${turn}`)).status).to.equal(201);
        expect((await other.call('GET', `/users/bob-${turn}`)).status).to.equal(200);
        expect((await other.createUser(`bob-${turn}`)).status).to.equal(409);
      }
    });

    it('accepts concurrent writes of both processes', async () => {
      const names = Array.from({ length: 20 }, (_, index) => index);
      const responses = await Promise.all(
        names.flatMap((name) => [one.createUser(`dan-${name}`), other.createUser(`eve-${name}`)]),
      );
      expect(responses.map(({ status }) => status)).to.deep.equal(Array(40).fill(201));
      for (const name of names) {
        expect((await other.call('GET', `/users/dan-${name}`)).status).to.equal(200);
        expect((await one.call('GET', `/users/eve-${name}`)).status).to.equal(200);
      }
    });

    it('gives a name to one of two concurrent requests', async () => {
      const pairs = await Promise.all(
        Array.from({ length: 20 }, (_, name) =>
          Promise.all([one.createUser(`fay-${name}`), other.createUser(`fay-${name}`)]),
        ),
      );
      for (const pair of pairs) {
        expect(pair.map(({ status }) => status).sort()).to.deep.equal([201, 409]);
      }
    });

    it('rejects a process with its own cache, and reports how to resolve the conflict', async () => {
      const late = new RollcallProcess(on(one.folder, 'memory'));
      expect(await late.exit()).to.equal(2);
      expect(late.stdout).to.equal('');
      expect(late.stderr)
        .to.match(/^ {2}CACHE: "memory" cannot be used: /m)
        .and.not.to.match(STACK);
      expect((await one.call('GET', '/users/ann')).status).to.equal(200);
      expect(late.stderr).to.match(ADVICE);
    });
  });
});
