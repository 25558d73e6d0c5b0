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
  let first: CommandResult;
  let second: CommandResult;
  let key: string;
  let entry: string;

  const keysNew = (...args: readonly string[]) => runRollcall(['keys', 'new', ...args], { folder });
  const printed = ({ lines }: CommandResult, what: string) =>
    lines.find((line) => line.startsWith(what))?.split(/ +/)[1] ?? expect.fail(lines.join('\n'));

  before(async () => {
    folder = temporaryFolder();
    const options = ['--name', 'billing', '--scopes', 'read,write'] as const;
    [first, second] = await Promise.all([keysNew(...options), keysNew(...options)]);
    [key, entry] = [printed(first, 'key'), printed(first, 'API_KEYS')];
  });
  after(endProcesses);

  it('prints a key, its entry for API_KEYS, which contains only the hash, and how to use them', () => {
    expect([first.exit, first.stderr]).to.deep.equal([0, '']);
    expect(first.lines).to.have.length(3);
    expect(key).to.match(/^rollcall_[\w-]{43}$/);
    expect(entry).to.equal(`billing:read+write:${createHash('sha256').update(key).digest('hex')}`);
    expect(first.lines[2]).to.match(/^The key is shown only once\./);
  });

  it('generates another key each time, and stores none', () => {
    expect(printed(second, 'key')).to.not.equal(key);
    expect(readdirSync(folder)).to.deep.equal([]);
  });

  it('generates a key that authenticates the service with these scopes and is never logged', async () => {
    const service = await startRollcall({ folder, env: { API_KEYS: entry, LOG_LEVEL: 'trace' } });
    const api = new ApiClient(await service.url());
    const billing = api.as(`ApiKey ${key}`);
    const ann = { username: 'ann', firstName: 'Ann', lastName: 'Archer' };
    expect((await api.post('/users', ann)).status).to.equal(201);
    expect((await billing.get('/users/ann')).status).to.equal(200);
    const created = await billing
      .with({ 'On-Behalf-Of': 'ann' })
      .post('/organizations', { organizationName: 'Acme' });
    expect(created.status, created.text).to.equal(201);
    expect(problemOf(await billing.delete('/users/ann'))).to.equal('403 forbidden');
    for (const wrong of [`ApiKey ${key}x`, key, `Bearer ${key}`])
      expect(problemOf(await api.as(wrong).get('/users/ann'))).to.equal('401 unauthenticated');
    service.signal('SIGTERM');
    expect(await service.exit()).to.equal(0);
    expect((service.stdout + service.stderr).toLowerCase()).to.not.contain(key.slice(9).toLowerCase());
  });

  it('is not shown by a service whose API_KEYS is invalid', async () => {
    const service = new RollcallProcess({ env: { PORT: '0', API_KEYS: `billing:read:${key}` } });
    expect(await service.exit()).to.equal(2);
    expect(service.stderr).to.match(/^ {2}API_KEYS is not valid \(value hidden\); expected: /m);
    expect(service.stdout + service.stderr).to.not.contain(key.slice(9));
  });

  const INVALID_OPTIONS: Readonly<Record<string, readonly [args: readonly string[], message: RegExp]>> = {
    'without a name': [['--scopes', 'read'], /--name/],
    'without scopes': [['--name', 'billing'], /--scopes/],
    'with an invalid name': [
      ['--name', 'Billing', '--scopes', 'read'],
      /^ {2}--name: "Billing" is not valid; expected: /m,
    ],
    'with an invalid scope': [
      ['--name', 'billing', '--scopes', 'read,owner'],
      /^ {2}--scopes: "read,owner" is not valid; expected: one or more of read, write, admin/m,
    ],
  };
  for (const [what, [args, message]] of Object.entries(INVALID_OPTIONS)) {
    it(`${what} generates none and reports why`, async () => {
      const { exit, stdout, stderr } = await keysNew(...args);
      expect([exit, stdout]).to.deep.equal([2, '']);
      expect(stderr).to.match(message);
    });
  }
});
