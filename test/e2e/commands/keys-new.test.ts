import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { expect } from 'chai';
import { ApiClient, problemOf } from '../../support/api-client.ts';
import {
  endProcesses,
  RollcallProcess,
  startRollcall,
  temporaryFolder,
} from '../../support/rollcall-process.ts';
import { type CommandResult, runRollcall } from '../../support/run-rollcall.ts';

describe('rollcall keys new', function () {
  this.timeout(60_000);
  let folder: string;
  let made: CommandResult;
  let again: CommandResult;
  let key: string;
  let entry: string;

  const keysNew = (...args: readonly string[]) => runRollcall(['keys', 'new', ...args], { folder });
  const told = ({ lines }: CommandResult, what: string) =>
    lines.find((line) => line.startsWith(what))?.split(/ +/)[1] ?? expect.fail(lines.join('\n'));

  before(async () => {
    folder = temporaryFolder();
    const options = ['--name', 'billing', '--scopes', 'read,write'] as const;
    [made, again] = await Promise.all([keysNew(...options), keysNew(...options)]);
    [key, entry] = [told(made, 'key'), told(made, 'API_KEYS')];
  });
  after(endProcesses);

  it('prints a key, its entry for API_KEYS, which holds no more than its hash, and what to do with them', () => {
    expect([made.exit, made.stderr]).to.deep.equal([0, '']);
    expect(made.lines).to.have.length(3);
    expect(key).to.match(/^rollcall_[\w-]{43}$/);
    expect(entry).to.equal(`billing:read+write:${createHash('sha256').update(key).digest('hex')}`);
    expect(made.lines[2]).to.match(/^The key is shown only once\./);
  });

  it('makes another each time, and keeps none', () => {
    expect(told(again, 'key')).to.not.equal(key);
    expect(readdirSync(folder)).to.deep.equal([]);
  });

  it('makes one that lets the service in, with these scopes, and that nobody reads in what is printed', async () => {
    const service = await startRollcall({ folder, env: { API_KEYS: entry, LOG_LEVEL: 'trace' } });
    const api = new ApiClient(await service.url());
    const billing = api.as(`ApiKey ${key}`);
    const person = { username: 'ann', firstName: 'Ann', lastName: 'Archer' };
    expect((await api.post('/users', person)).status).to.equal(201);
    expect((await billing.get('/users/ann')).status).to.equal(200);
    const founded = await billing
      .with({ 'On-Behalf-Of': 'ann' })
      .post('/organizations', { organizationName: 'Acme' });
    expect(founded.status, founded.text).to.equal(201);
    expect(problemOf(await billing.delete('/users/ann'))).to.equal('403 forbidden');
    for (const wrong of [`ApiKey ${key}x`, key, `Bearer ${key}`])
      expect(problemOf(await api.as(wrong).get('/users/ann'))).to.equal('401 unauthenticated');
    service.signal('SIGTERM');
    expect(await service.exit()).to.equal(0);
    expect((service.stdout + service.stderr).toLowerCase()).to.not.contain(key.slice(9).toLowerCase());
  });

  it('is not shown by a service whose API_KEYS cannot be read', async () => {
    const service = new RollcallProcess({ env: { PORT: '0', API_KEYS: `billing:read:${key}` } });
    expect(await service.exit()).to.equal(2);
    expect(service.stderr).to.match(/^ {2}API_KEYS is not valid \(value hidden\); expected: /m);
    expect(service.stdout + service.stderr).to.not.contain(key.slice(9));
  });

  const MISTAKES: Readonly<Record<string, readonly [args: readonly string[], told: RegExp]>> = {
    'without a name': [['--scopes', 'read'], /--name/],
    'without scopes': [['--name', 'billing'], /--scopes/],
    'of no such name': [
      ['--name', 'Billing', '--scopes', 'read'],
      /^ {2}--name: "Billing" is not valid; expected: /m,
    ],
    'of no such scope': [
      ['--name', 'billing', '--scopes', 'read,owner'],
      /^ {2}--scopes: "read,owner" is not valid; expected: one or more of read, write, admin/m,
    ],
  };
  for (const [what, [args, message]] of Object.entries(MISTAKES)) {
    it(`${what} makes none, and says why`, async () => {
      const { exit, stdout, stderr } = await keysNew(...args);
      expect([exit, stdout]).to.deep.equal([2, '']);
      expect(stderr).to.match(message);
    });
  }
});
