import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { CacheClient, Configurations, CredentialProvider, NoopMomentoLoggerFactory } from '@gomomento/sdk';
import { expect } from 'chai';
import { ManualClock } from '../../../support/manual-clock.ts';
import { momentoFixture } from '../../../support/momento-fixture.ts';
import type { MomentoServer } from '../../../support/momento-server/momento-server.ts';
import { waitUntilAvailable } from '../../../support/wait-until-available.ts';

describe('The test double of Momento, called by the SDK', () => {
  const { startServer, openCache, addCleanup } = momentoFixture();
  let clock: ManualClock;
  let server: MomentoServer;
  let sdk: CacheClient;

  beforeEach(async () => {
    clock = new ManualClock();
    server = await startServer({ clock });
    sdk = new CacheClient({
      configuration: Configurations.InRegion.LowLatency.latest(new NoopMomentoLoggerFactory()),
      credentialProvider: CredentialProvider.forMomentoLocal({ hostname: '127.0.0.1', port: server.port }),
      defaultTtlSeconds: 60,
    });
    addCleanup(() => sdk.close());
  });

  /** The responses for a missing key, for the value "old" and for the value "other". */
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
  for (const [name, [set, expected]] of Object.entries(conditions)) {
    it(`sets ${name}`, async () => {
      await sdk.set('rollcall', 'b', 'old');
      await sdk.set('rollcall', 'c', 'other');
      const responses = [await set('a'), await set('b'), await set('c')].map(({ type }) => type);
      expect(responses).to.deep.equal(expected);
      const after = ['a', 'b', 'c'].map((key) => server.storedValue(key));
      const before = [undefined, 'old', 'other'];
      expect(after).to.deep.equal(expected.map((type, i) => (type === 'Stored' ? 'new' : before[i])));
    });
  }

  it('sets, reads, deletes and expires items', async () => {
    await sdk.set('rollcall', 'a', 'deleted');
    await sdk.set('rollcall', 'b', 'expired', { ttl: 2 });
    await sdk.delete('rollcall', 'a');
    await clock.advance(1999);
    const read = async (key: string) => (await sdk.get('rollcall', key)).type;
    expect([await read('a'), await read('b')]).to.deep.equal(['Miss', 'Hit']);
    await clock.advance(1);
    expect(await read('b')).to.equal('Miss');
    const methods = server.requests.map(({ method }) => method);
    expect(methods).to.deep.equal(['Set', 'Set', 'Delete', 'Get', 'Get', 'Get']);
  });

  it('creates, lists and deletes caches, and reports missing ones', async () => {
    expect((await sdk.createCache('other')).type).to.equal('Success');
    expect((await sdk.createCache('other')).type).to.equal('AlreadyExists');
    await sdk.set('other', 'key', 'value');
    expect((await sdk.get('rollcall', 'key')).type).to.equal('Miss');
    const list = await sdk.listCaches();
    expect('getCaches' in list && list.getCaches().map((cache) => cache.getName())).to.deep.equal([
      'rollcall',
      'other',
    ]);
    await sdk.deleteCache('other');
    for (const response of [await sdk.get('other', 'key'), await sdk.setIfAbsent('other', 'key', 'new')]) {
      expect('errorCode' in response && response.errorCode()).to.equal('NOT_FOUND_ERROR');
    }
  });

  it('runs as a separate process', async () => {
    const main = fileURLToPath(new URL('../../../support/momento-server/main.ts', import.meta.url));
    const child = spawn(process.execPath, ['--import=tsx', main, '--cache', 'one'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = await once(child.stdout, 'data');
    const port = Number(/^momento-server on 127.0.0.1:(\d+)\n$/.exec(line)?.[1]);
    await waitUntilAvailable(openCache({ port, cacheName: 'one' }).cache);
    child.kill();
    await once(child, 'exit');
  });
});
