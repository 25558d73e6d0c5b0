import { expect } from 'chai';
import { decode } from '../../../../src/app/freshness/cache-entry.ts';
import type { MomentoRequest } from '../../../support/momento-server/momento-request.ts';
import { MomentoServer } from '../../../support/momento-server/momento-server.ts';
import { type OpenedMomentoCache, openMomentoCache } from '../../../support/open-momento-cache.ts';

const soon = () => performance.now() + 5000;

describe('MomentoCache, what goes over the wire and comes back', () => {
  let server: MomentoServer;
  let reader: OpenedMomentoCache;
  let writer: OpenedMomentoCache;

  beforeEach(async () => {
    server = await MomentoServer.start();
    reader = openMomentoCache(server.port);
    writer = openMomentoCache(server.port);
  });
  afterEach(async () => {
    reader.close();
    writer.close();
    await server.stop();
  });

  const readOf =
    (key: string) =>
    (request: MomentoRequest): boolean =>
      request.method === 'Get' && request.key === key;
  const readsOf = (key: string): number => server.requests.filter(readOf(key)).length;
  const put = (key: string, value: string): Promise<void> => writer.cache.put(key, value, 60_000, soon());

  it('sends a TTL in whole seconds, rounded up, never none and never more than Momento takes', async () => {
    const given = [0.5, 1, 999.5, 1000, 1000.25, 1999, 5000, 2 * 86_400_000];
    for (const ttlMs of given) await writer.cache.put('key', `for ${ttlMs}`, ttlMs, soon());
    const sent = server.requests.map(({ ttlMs }) => ttlMs);
    expect(sent).to.deep.equal([1000, 1000, 1000, 1000, 2000, 2000, 5000, 86_400_000]);
  });

  it('puts on the condition that another value is there, or none', async () => {
    await put('key', 'new');
    const [{ method, condition, value, compared } = expect.fail()] = server.requests;
    expect({ method, condition, value, compared }).to.deep.equal({
      method: 'SetIf',
      condition: 'not_equal',
      value: 'new',
      compared: 'new',
    });
  });

  it('gives a byte order mark back', async () => {
    await put('key', '\ufeffvalue');
    expect(await reader.cache.get('key', soon())).to.equal('\ufeffvalue');
  });

  it('reads one of one key once', async () => {
    await put('a', 'a1');
    expect(await reader.cache.getMany(['a'], soon())).to.deep.equal(['a1']);
    expect(readsOf('a')).to.equal(1);
  });

  it('reads several twice, the second time after the first has wholly answered', async () => {
    await put('a', 'a1');
    server.fault({ ending: 'late', method: 'Get', key: 'b', times: 1 });
    const found = reader.cache.getMany(['a', 'b'], soon());
    await server.arrival(readOf('b'));
    // Whatever was sent on because of the answer to a is there before these are answered.
    for (let turn = 0; turn < 12; turn += 1) await reader.cache.get('c', soon());
    expect(readsOf('a')).to.equal(1);
    server.release();
    expect(await found).to.deep.equal(['a1', undefined]);
    expect([readsOf('a'), readsOf('b')]).to.deep.equal([2, 2]);
  });

  it('does not combine what was never there together', async () => {
    await put('a', 'a1');
    await put('b', 'b1');
    server.fault({ ending: 'late', method: 'Get', key: 'b', times: 1 });
    const found = reader.cache.getMany(['a', 'b'], soon());
    await server.arrival(readOf('b'));
    await put('a', 'a2');
    await put('b', 'b2');
    server.release();
    const [a, b] = await found;
    expect(b).to.equal('b2');
    expect(['a1', 'a2', undefined]).to.not.include(a);
    expect(decode(a ?? '')).to.deep.equal({ type: 'marker' });
  });

  it('believes no entry that came or went while it was read', async () => {
    await put('b', 'b1');
    server.fault({ ending: { delayMs: 0 }, method: 'Get', times: 2 });
    server.fault({ ending: 'late', method: 'Get', times: 2 });
    const found = reader.cache.getMany(['a', 'b'], soon());
    await server.arrival(readOf('a'), 2);
    await server.arrival(readOf('b'), 2);
    await put('a', 'a1');
    server.release();
    const [a, b] = await found;
    expect(b).to.equal('b1');
    expect(decode(a ?? '')).to.deep.equal({ type: 'marker' });
    expect(a).to.not.equal('a1');
  });
});
