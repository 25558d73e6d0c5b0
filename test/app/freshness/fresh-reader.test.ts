import { expect } from 'chai';
import { encodeLease, encodeMarker, encodeValue } from '../../../src/app/freshness/cache-entry.ts';
import { type KeyOf, membershipKey, organizationKey, userKey } from '../../../src/domain/records.ts';
import { StoreUnavailable } from '../../../src/ports/errors.ts';
import { serverOf } from '../../contracts/cache/cache-under-test.ts';
import { aChange, aUser, create, uniqueEmail, uniqueSlug, uniqueUsername } from '../../support/accounts.ts';
import { freshInstance, freshStack, SETTINGS } from '../../support/fresh-stack.ts';
import { openKey } from '../../support/open-epoch.ts';
import type { CallOutcome } from '../../support/scripted-cache.ts';
import { yieldToEventLoop } from '../../support/yield-to-event-loop.ts';

describe('FreshReader', () => {
  const stackWithUser = async () => {
    const stack = freshStack();
    const user = aUser({ username: uniqueUsername() });
    const key = userKey(user.username);
    await stack.store.commit(aChange([create(key, user)]), stack.clock.monotonic() + 1000);
    const cacheKey = openKey(`user:${user.username}`);
    const until = () => stack.clock.monotonic() + 1000;
    return { ...stack, user, key, cacheKey, until };
  };

  it('reads the store and fills the cache, then answers from the cache in one round trip', async () => {
    const { reader, store, cache, key, user } = await stackWithUser();
    const [first] = await reader.read([key]);
    const [second] = await reader.read([key]);
    expect(first).to.deep.equal({ key, version: 1, record: user });
    expect(second).to.deep.equal(first);
    expect(store.reads).to.equal(1);
    expect(cache.calls.map(({ operation }) => operation)).to.deep.equal(['get', 'add', 'replace', 'get']);
  });

  it('caches the absence of a record', async () => {
    const { reader, store } = freshStack();
    const key = userKey(uniqueUsername());
    const answers = [await reader.read([key]), await reader.read([key])];
    for (const [loaded] of answers) expect(loaded).to.deep.equal({ key, version: 0, record: undefined });
    expect(store.reads).to.equal(1);
  });

  it('uses the found TTL for existing records and the absent TTL for absent ones, with jitter', async () => {
    const { reader, cache, key } = await stackWithUser();
    await reader.read([key]);
    await reader.read([userKey(uniqueUsername())]);
    const [found, absent] = cache.of('replace').map(({ ttlMs }) => ttlMs);
    expect(found).to.be.within(SETTINGS.foundTtlMs * 0.9, SETTINGS.foundTtlMs * 1.1);
    expect(absent).to.be.within(SETTINGS.absentTtlMs * 0.9, SETTINGS.absentTtlMs * 1.1);
  });

  it('reads the store and does not fill while the entry is a marker', async () => {
    const { reader, shared, cache, store, key, cacheKey, until } = await stackWithUser();
    await shared.put(cacheKey, encodeMarker('another writer'), 5000, serverOf(shared), until());
    await reader.read([key]);
    await reader.read([key]);
    expect(store.reads).to.equal(2);
    expect(cache.of('add')).to.deep.equal([]);
    expect(await shared.get(cacheKey, serverOf(shared), until())).to.equal(encodeMarker('another writer'));
  });

  for (const unreadable of ['', '{', 'null', '[]', '{"f":2,"v":1,"r":null}', '{"f":1,"v":-0.5,"r":null}']) {
    it(`treats an unreadable entry as a marker: ${unreadable || 'an empty string'}`, async () => {
      const { reader, shared, store, key, cacheKey, user, until } = await stackWithUser();
      await shared.put(cacheKey, unreadable, 5000, serverOf(shared), until());
      const [loaded] = await reader.read([key]);
      expect(loaded.record).to.deep.equal(user);
      expect(store.reads).to.equal(1);
      expect(await shared.get(cacheKey, serverOf(shared), until())).to.equal(unreadable);
    });
  }

  it('does not fill if a marker replaced its lease during the store read', async () => {
    const { reader, shared, store, key, cacheKey, until } = await stackWithUser();
    store.beforeRead = () => shared.put(cacheKey, encodeMarker('writer'), 5000, serverOf(shared), until());
    await reader.read([key]);
    await yieldToEventLoop();
    expect(await shared.get(cacheKey, serverOf(shared), until())).to.equal(encodeMarker('writer'));
  });

  it('does not fill if it is unknown whether the lease was won', async () => {
    const { reader, cache, shared, key, cacheKey, until } = await stackWithUser();
    cache.script = ({ operation }) => (operation === 'add' ? 'lost' : 'answered');
    await reader.read([key]);
    expect(cache.of('replace')).to.deep.equal([]);
    expect(await shared.get(cacheKey, serverOf(shared), until())).to.match(/"l":/);
  });

  it('waits for the reader that holds the lease and returns the value that it fills', async () => {
    const { clock, store, shared, cache, reader, key, cacheKey, user, until } = await stackWithUser();
    await shared.add(cacheKey, encodeLease('another'), 2000, serverOf(shared), until());
    const reading = reader.read([key]);
    await yieldToEventLoop();
    await shared.replace(
      cacheKey,
      encodeLease('another'),
      encodeValue(1, user),
      5000,
      serverOf(shared),
      until(),
    );
    await clock.advance(10);
    expect((await reading)[0].record).to.deep.equal(user);
    expect(store.reads).to.equal(0);
    expect(cache.of('get')).to.have.length(2);
  });

  it('reads the store and does not fill if the other reader has not filled in time', async () => {
    const { clock, store, shared, cache, reader, key, cacheKey, user, until } = await stackWithUser();
    await shared.add(cacheKey, encodeLease('another'), 2000, serverOf(shared), until());
    const reading = reader.read([key]);
    for (let waited = 0; waited < SETTINGS.leaseWaitMs; waited += 10) {
      await yieldToEventLoop();
      expect(store.reads).to.equal(0);
      await clock.advance(10);
    }
    expect((await reading)[0].record).to.deep.equal(user);
    expect(cache.of('replace')).to.deep.equal([]);
    expect(await shared.get(cacheKey, serverOf(shared), until())).to.equal(encodeLease('another'));
  });

  it('reads the store while the cache fails, and bypasses the cache after five failures', async () => {
    const { reader, cache, store, signals, key, user } = await stackWithUser();
    cache.script = () => 'failed';
    for (let n = 0; n < 20; n += 1) expect((await reader.read([key]))[0].record).to.deep.equal(user);
    expect(store.reads).to.equal(20);
    expect(signals).to.deep.include({ type: 'cache_circuit_breaker', open: true });
  });

  it('uses the cache again after a background probe has succeeded', async () => {
    const { reader, cache, store, clock, signals, key } = await stackWithUser();
    cache.script = () => 'failed';
    for (let n = 0; n < 10; n += 1) await reader.read([key]);
    cache.script = () => 'answered';
    await clock.advance(1000);
    await reader.read([key]);
    await yieldToEventLoop();
    expect(signals).to.deep.include({ type: 'cache_circuit_breaker', open: false });
    await reader.read([key]);
    const reads = store.reads;
    await reader.read([key]);
    expect(store.reads).to.equal(reads);
  });

  it('reads several records with one cache lookup, or with one snapshot of all of them if any is missing', async () => {
    const { reader, cache, store, key } = await stackWithUser();
    const slug = uniqueSlug();
    const keys = [key, organizationKey(slug), membershipKey(slug, key.username)] as const;
    await reader.read([key]);
    store.reads = 0;
    cache.calls.length = 0;
    const together = await reader.read(keys);
    expect(together.map((loaded) => loaded.key)).to.deep.equal(keys);
    expect(store.reads).to.equal(1);
    expect(cache.of('getMany')).to.have.length(1);
    expect(cache.of('add')).to.have.length(2);
    await reader.read(keys);
    expect(store.reads).to.equal(1);
  });

  it('starts the snapshot only after the responses for all leases', async () => {
    const { reader, cache, store } = freshStack();
    const order: string[] = [];
    cache.script = async ({ operation }): Promise<CallOutcome> => {
      await yieldToEventLoop();
      order.push(operation);
      return 'answered';
    };
    store.beforeRead = async () => void order.push('snapshot');
    await reader.read([userKey(uniqueUsername()), userKey(uniqueUsername())]);
    expect(order.slice(0, 4)).to.deep.equal(['getMany', 'add', 'add', 'snapshot']);
  });

  it('never caches an e-mail claim, and reads all records from the store if one is requested', async () => {
    const { reader, cache, key } = await stackWithUser();
    const email: KeyOf<'email'> = { kind: 'email', email: uniqueEmail() as never };
    await reader.read([key, email]);
    expect(cache.calls).to.deep.equal([]);
  });

  it('passes cache hits to the consistency sampler', async () => {
    const { reader, signals } = freshStack({ sample: 1 });
    const compared = () => signals.filter(({ type }) => type === 'consistency_sample');
    const key = userKey(uniqueUsername());
    await reader.read([key]);
    await yieldToEventLoop();
    expect(compared(), 'after a miss').to.deep.equal([]);
    await reader.read([key]);
    await yieldToEventLoop();
    expect(compared(), 'after a hit').to.deep.equal([{ type: 'consistency_sample', outcome: 'agreed' }]);
  });

  it('fails if the store cannot be read', async () => {
    const { reader, store, key } = await stackWithUser();
    store.beforeRead = () => Promise.reject(new StoreUnavailable('scripted'));
    const refusal = await reader.read([key]).catch((error: unknown) => error);
    expect(refusal).to.be.instanceOf(StoreUnavailable);
  });

  it('fills the cache for other instances', async () => {
    const stack = await stackWithUser();
    await stack.reader.read([stack.key]);
    await freshInstance(stack).reader.read([stack.key]);
    expect(stack.store.reads).to.equal(1);
  });
});
