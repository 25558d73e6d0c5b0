import { expect } from 'chai';
import type { MomentoCache } from '../../../../src/adapters/caches/momento/momento-cache.ts';
import { decode } from '../../../../src/app/freshness/cache-entry.ts';
import { serverOf } from '../../../contracts/cache/cache-under-test.ts';
import { deadline } from '../../../support/deadline.ts';
import { momentoFixture } from '../../../support/momento-fixture.ts';
import type { MomentoRequest } from '../../../support/momento-server/momento-request.ts';
import type { MomentoServer } from '../../../support/momento-server/momento-server.ts';

describe('The requests of MomentoCache', () => {
  const { startServer, openCache } = momentoFixture();
  let server: MomentoServer;
  let reader: MomentoCache;
  let writer: MomentoCache;

  beforeEach(async () => {
    server = await startServer();
    reader = openCache(server).cache;
    writer = openCache(server).cache;
  });

  const isReadOf =
    (key: string) =>
    (request: MomentoRequest): boolean =>
      request.method === 'Get' && request.key === key;
  const countReads = (key: string): number => server.requests.filter(isReadOf(key)).length;
  const put = (key: string, value: string): Promise<void> =>
    writer.put(key, value, 60_000, serverOf(writer), deadline());

  it('are consistent reads and conditional sets only', async () => {
    await writer.put('key', 'first', 1500, serverOf(writer), deadline());
    await writer.replace('key', 'first', 'second', 1500, serverOf(writer), deadline());
    await writer.add('key', 'third', 1500, serverOf(writer), deadline());
    await reader.getMany(['key', 'other'], serverOf(reader), deadline());
    const reads = server.requests.filter(({ method }) => method === 'Get');
    const sets = server.requests.filter(({ method }) => method === 'SetIf');
    expect(reads.length + sets.length).to.equal(server.requests.length);
    expect(new Set(reads.map(({ readConcern }) => readConcern))).to.deep.equal(new Set(['consistent']));
    expect(sets.map(({ condition }) => condition)).to.deep.equal(['not_equal', 'equal', 'absent']);
    expect(sets.map(({ ttlMs }) => ttlMs)).to.deep.equal([2000, 2000, 2000]);
  });

  it('have a TTL in whole seconds, rounded up, of at least one second and at most one day', async () => {
    const given = [0.5, 1, 999.5, 1000, 1000.25, 1999, 5000, 2 * 86_400_000];
    for (const ttlMs of given) await writer.put('key', `for ${ttlMs}`, ttlMs, serverOf(writer), deadline());
    const sent = server.requests.map(({ ttlMs }) => ttlMs);
    expect(sent).to.deep.equal([1000, 1000, 1000, 1000, 2000, 2000, 5000, 86_400_000]);
  });

  it('are a set on the condition of a different value for a put', async () => {
    await put('key', 'new');
    const [{ method, condition, value, compared } = expect.fail()] = server.requests;
    expect({ method, condition, value, compared }).to.deep.equal({
      method: 'SetIf',
      condition: 'not_equal',
      value: 'new',
      compared: 'new',
    });
  });

  it('preserve a byte order mark', async () => {
    await put('key', '\ufeffvalue');
    expect(await reader.get('key', serverOf(reader), deadline())).to.equal('\ufeffvalue');
  });

  it('are one read for getMany with one key', async () => {
    await put('a', 'a1');
    expect(await reader.getMany(['a'], serverOf(reader), deadline())).to.deep.equal(['a1']);
    expect(countReads('a')).to.equal(1);
  });

  it('are two rounds of reads for several keys, the second after all responses of the first', async () => {
    await put('a', 'a1');
    server.fault({ outcome: 'hold', method: 'Get', key: 'b', times: 1 });
    const values = reader.getMany(['a', 'b'], serverOf(reader), deadline());
    await server.waitForRequests(isReadOf('b'));
    // A second read of "a" would arrive before these reads are answered.
    for (let turn = 0; turn < 12; turn += 1) await reader.get('c', serverOf(reader), deadline());
    expect(countReads('a')).to.equal(1);
    server.release();
    expect(await values).to.deep.equal(['a1', undefined]);
    expect([countReads('a'), countReads('b')]).to.deep.equal([2, 2]);
  });

  it('never return values that did not exist at the same time', async () => {
    await put('a', 'a1');
    await put('b', 'b1');
    server.fault({ outcome: 'hold', method: 'Get', key: 'b', times: 1 });
    const values = reader.getMany(['a', 'b'], serverOf(reader), deadline());
    await server.waitForRequests(isReadOf('b'));
    await put('a', 'a2');
    await put('b', 'b2');
    server.release();
    const [a, b] = await values;
    expect(b).to.equal('b2');
    expect(['a1', 'a2', undefined]).to.not.include(a);
    expect(decode(a ?? '')).to.deep.equal({ type: 'marker' });
  });

  it('return a marker for an entry that was set between the two rounds', async () => {
    await put('b', 'b1');
    server.fault({ outcome: { delayMs: 0 }, method: 'Get', times: 2 });
    server.fault({ outcome: 'hold', method: 'Get', times: 2 });
    const values = reader.getMany(['a', 'b'], serverOf(reader), deadline());
    await server.waitForRequests(isReadOf('a'), 2);
    await server.waitForRequests(isReadOf('b'), 2);
    await put('a', 'a1');
    server.release();
    const [a, b] = await values;
    expect(b).to.equal('b1');
    expect(decode(a ?? '')).to.deep.equal({ type: 'marker' });
    expect(a).to.not.equal('a1');
  });
});
