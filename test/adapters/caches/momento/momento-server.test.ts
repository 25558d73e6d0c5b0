import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { CacheClient, Configurations, CredentialProvider, NoopMomentoLoggerFactory } from '@gomomento/sdk';
import { expect } from 'chai';
import { ManualClock } from '../../../support/manual-clock.ts';
import { MomentoServer } from '../../../support/momento-server/momento-server.ts';
import { openMomentoCache, waitUntilAvailable } from '../../../support/open-momento-cache.ts';

describe('The wire double of Momento, asked by the SDK', () => {
  const time = new ManualClock();
  let server: MomentoServer;
  let sdk: CacheClient;

  beforeEach(async () => {
    server = await MomentoServer.start({ clock: time });
    sdk = new CacheClient({
      configuration: Configurations.InRegion.LowLatency.latest(new NoopMomentoLoggerFactory()),
      credentialProvider: CredentialProvider.forMomentoLocal({ hostname: '127.0.0.1', port: server.port }),
      defaultTtlSeconds: 60,
    });
  });
  afterEach(async () => {
    sdk.close();
    await server.stop();
  });

  /** What it answers where nothing is there, where "old" is, and where "other" is. */
  const conditions: Record<string, [(key: string) => Promise<{ type: string }>, string[]]> = {
    'if absent': [(key) => sdk.setIfAbsent('rollcall', key, 'new'), ['Stored', 'NotStored', 'NotStored']],
    'if present': [(key) => sdk.setIfPresent('rollcall', key, 'new'), ['NotStored', 'Stored', 'Stored']],
    'if equal': [
      (key) => sdk.setIfEqual('rollcall', key, 'new', 'old'),
      ['NotStored', 'Stored', 'NotStored'],
    ],
    'if not equal': [
      (key) => sdk.setIfNotEqual('rollcall', key, 'new', 'old'),
      ['Stored', 'NotStored', 'Stored'],
    ],
    'if absent or equal': [
      (key) => sdk.setIfAbsentOrEqual('rollcall', key, 'new', 'old'),
      ['Stored', 'Stored', 'NotStored'],
    ],
    'if present and not equal': [
      (key) => sdk.setIfPresentAndNotEqual('rollcall', key, 'new', 'old'),
      ['NotStored', 'NotStored', 'Stored'],
    ],
  };
  for (const [name, [set, answers]] of Object.entries(conditions)) {
    it(`sets ${name}`, async () => {
      await sdk.set('rollcall', 'b', 'old');
      await sdk.set('rollcall', 'c', 'other');
      const given = [await set('a'), await set('b'), await set('c')].map(({ type }) => type);
      expect(given).to.deep.equal(answers);
      const found = ['a', 'b', 'c'].map((key) => server.peek(key));
      const before = [undefined, 'old', 'other'];
      expect(found).to.deep.equal(answers.map((answer, i) => (answer === 'Stored' ? 'new' : before[i])));
    });
  }

  it('sets, reads, deletes, and lets expire', async () => {
    await sdk.set('rollcall', 'a', 'deleted');
    await sdk.set('rollcall', 'b', 'expired', { ttl: 2 });
    await sdk.delete('rollcall', 'a');
    await time.advance(1999);
    const there = async (key: string) => (await sdk.get('rollcall', key)).type;
    expect([await there('a'), await there('b')]).to.deep.equal(['Miss', 'Hit']);
    await time.advance(1);
    expect(await there('b')).to.equal('Miss');
    const methods = server.requests.map(({ method }) => method);
    expect(methods).to.deep.equal(['Set', 'Set', 'Delete', 'Get', 'Get', 'Get']);
  });

  it('keeps caches apart, makes, lists and deletes them, and knows which are not there', async () => {
    expect((await sdk.createCache('other')).type).to.equal('Success');
    expect((await sdk.createCache('other')).type).to.equal('AlreadyExists');
    await sdk.set('other', 'key', 'there');
    expect((await sdk.get('rollcall', 'key')).type).to.equal('Miss');
    const listed = await sdk.listCaches();
    expect('getCaches' in listed && listed.getCaches().map((one) => one.getName())).to.deep.equal([
      'rollcall',
      'other',
    ]);
    await sdk.deleteCache('other');
    for (const answer of [await sdk.get('other', 'key'), await sdk.setIfAbsent('other', 'key', 'new')]) {
      expect('errorCode' in answer && answer.errorCode()).to.equal('NOT_FOUND_ERROR');
    }
  });

  it('runs as a process of its own', async () => {
    const main = fileURLToPath(new URL('../../../support/momento-server/main.ts', import.meta.url));
    const child = spawn(process.execPath, ['--import=tsx', main, '--cache', 'one'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = await once(child.stdout, 'data');
    const { cache, close } = openMomentoCache(
      Number(/^momento-server on 127.0.0.1:(\d+)\n$/.exec(line)?.[1]),
      'one',
    );
    await waitUntilAvailable(cache);
    close();
    child.kill();
    await once(child, 'exit');
  });
});
