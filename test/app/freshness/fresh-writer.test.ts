import { expect } from 'chai';
import { decode } from '../../../src/app/freshness/cache-entry.ts';
import { changeOf, type Plan, put, remove } from '../../../src/domain/change.ts';
import { Forbidden } from '../../../src/domain/errors.ts';
import { emailKey, type KeyOf, type Loaded, userKey } from '../../../src/domain/records.ts';
import type { User } from '../../../src/domain/user.ts';
import { CacheUnavailable, Conflict, OutcomeUnknown, StoreUnavailable } from '../../../src/ports/errors.ts';
import { aChange, anEmailClaim, aUser, text, uniqueUsername, update } from '../../support/accounts.ts';
import { freshInstance, freshStack, SETTINGS } from '../../support/fresh-stack.ts';
import type { Ending } from '../../support/scripted-cache.ts';

type LoadedUser = Loaded<KeyOf<'user'>>;

describe('the write path', () => {
  const user = aUser({ username: uniqueUsername() });
  const key = userKey(user.username);
  const planOf =
    (record: User | undefined) =>
    ([loaded]: readonly [LoadedUser]): Plan<number> => ({
      result: loaded.version + 1,
      change: changeOf({
        at: '2026-01-01T00:00:00.000Z',
        writes: [record === undefined ? remove(loaded) : put(loaded, record)],
        preconditions: [],
        events: [],
      }),
    });
  const create = planOf(user);
  const rename = planOf({ ...user, firstName: text('Renamed') });
  const failureOf = (promise: Promise<unknown>) =>
    promise.then(
      () => expect.fail('it should have been refused'),
      (error: unknown) => error,
    );

  it('marks every record before the commit and publishes it afterwards, so that the next read is a hit', async () => {
    const { writer, reader, cache, store } = freshStack();
    store.beforeCommit = async () =>
      void cache.calls.push({ operation: 'get', keys: ['commit'], deadline: 0 });
    expect(await writer.write({ keys: [key], plan: create })).to.equal(1);
    const steps = cache.calls
      .slice(3)
      .map(({ operation, keys }) => (keys[0] === 'commit' ? 'commit' : operation));
    expect(steps).to.deep.equal(['put', 'commit', 'replace']);
    store.reads = 0;
    expect((await reader.read([key]))[0]).to.deep.equal({ key, version: 1, record: user });
    expect(store.reads).to.equal(0);
  });

  it('publishes a deletion as known absence at the version of the tombstone, for the absent TTL', async () => {
    const { writer, reader, store, cache } = freshStack({ ttlJitter: 0 });
    await writer.write({ keys: [key], plan: create });
    await writer.write({ keys: [key], plan: planOf(undefined) });
    const [created, deleted] = cache.of('replace').slice(-2);
    expect(created?.ttlMs).to.equal(SETTINGS.foundTtlMs);
    expect(deleted?.ttlMs).to.equal(SETTINGS.absentTtlMs);
    store.reads = 0;
    expect((await reader.read([key]))[0]).to.deep.equal({ key, version: 2, record: undefined });
    expect(store.reads).to.equal(0);
  });

  it('marks nothing when the plan refuses or changes nothing', async () => {
    const { writer, cache } = freshStack();
    const refusal = await failureOf(
      writer.write({
        keys: [key],
        plan: () => {
          throw new Forbidden('no');
        },
      }),
    );
    expect(refusal).to.be.instanceOf(Forbidden);
    expect(await writer.write({ keys: [key], plan: () => ({ result: 'as it was' }) })).to.equal('as it was');
    expect(cache.of('put')).to.deep.equal([]);
  });

  it('writes nothing when the cache does not acknowledge the marker in three attempts, each with a fresh token', async () => {
    const { writer, cache, store, clock } = freshStack();
    cache.script = ({ operation }) => (operation === 'put' ? 'failed' : 'answered');
    expect(await failureOf(writer.write({ keys: [key], plan: create }))).to.be.instanceOf(CacheUnavailable);
    const markers = cache.of('put').map(({ value }) => value);
    expect(new Set(markers).size).to.equal(3);
    expect((await store.readMany([key], clock.monotonic() + 1))[0].version).to.equal(0);
  });

  it('tries to mark even while reads do not trust the cache', async () => {
    const { writer, reader, cache } = freshStack();
    cache.script = () => 'failed';
    for (let n = 0; n < 10; n += 1) await reader.read([key]);
    cache.script = ({ operation }) => (operation === 'get' ? 'failed' : 'answered');
    expect(await writer.write({ keys: [key], plan: create })).to.equal(1);
    expect(cache.of('put')).to.have.length(1);
  });

  it('gives all markers one TTL, and the commit its time since the acknowledged mark was sent', async () => {
    const { writer, cache, store, clock } = freshStack();
    const sent = clock.monotonic();
    let deadline = 0;
    cache.script = async ({ operation }): Promise<Ending> => {
      if (operation !== 'put') return 'answered';
      await clock.advance(90);
      return cache.of('put').length < 3 ? 'lost' : 'answered';
    };
    store.beforeCommit = async (_change, given) => {
      deadline = given;
    };
    await writer.write({ keys: [key], plan: create });
    expect(deadline).to.equal(sent + 2 * 90 + SETTINGS.storeTimeoutMs);
    const ttls = cache.of('put').map(({ ttlMs }) => ttlMs);
    expect(ttls).to.deep.equal(Array.from({ length: 3 }, () => SETTINGS.markerTtlMs));
  });

  it('counts the time of a commit from the earliest acknowledged mark, however late the others are', async () => {
    const { writer, cache, store, clock } = freshStack();
    const late = userKey(uniqueUsername());
    const sent = clock.monotonic();
    let deadline = 0;
    const marksOfLate = () => cache.of('put').filter(({ keys }) => keys[0]?.endsWith(late.username));
    cache.script = async ({ operation, keys }): Promise<Ending> => {
      if (operation !== 'put' || !keys[0]?.endsWith(late.username)) return 'answered';
      await clock.advance(90);
      return marksOfLate().length < 3 ? 'failed' : 'answered';
    };
    store.beforeCommit = async (_change, given) => {
      deadline = given;
    };
    await writer.write({
      keys: [key, late],
      plan: (loaded) => ({
        result: undefined,
        change: aChange(loaded.map((one) => put(one, { ...user, username: one.key.username }))),
      }),
    });
    expect(marksOfLate()).to.have.length(3);
    expect(deadline).to.equal(sent + SETTINGS.storeTimeoutMs);
  });

  it('puts a fresh marker and acknowledges when its own was thrown out before it could publish', async () => {
    const { writer, cache, shared, store, clock } = freshStack();
    store.afterCommit = async () => {
      await clock.advance(SETTINGS.markerTtlMs + 1);
    };
    expect(await writer.write({ keys: [key], plan: create })).to.equal(1);
    const [before, after] = cache.of('put');
    expect(after?.value).to.be.a('string').and.not.equal(before?.value);
    const entry = await shared.get(after?.keys[0] ?? '', clock.monotonic() + 1);
    expect(decode(entry ?? '')).to.deep.equal({ type: 'marker' });
  });

  it('puts a fresh marker when nobody knows whether it published', async () => {
    const { writer, cache } = freshStack();
    cache.script = ({ operation }) => (operation === 'replace' ? 'lost' : 'answered');
    expect(await writer.write({ keys: [key], plan: create })).to.equal(1);
    expect(cache.of('put')).to.have.length(2);
  });

  it('answers that the outcome is unknown when neither the value nor a marker was acknowledged after the commit', async () => {
    const { writer, cache, store, clock } = freshStack();
    store.afterCommit = async () => {
      cache.script = () => 'failed';
    };
    const refusal = await failureOf(writer.write({ keys: [key], plan: create }));
    expect(refusal).to.be.instanceOf(OutcomeUnknown);
    expect((refusal as Error).message).to.contain('may not be seen everywhere');
    expect((await store.readMany([key], clock.monotonic() + 1))[0].version).to.equal(1);
  });

  it('leaves the markers standing when the outcome of the commit is unknown, so that readers ask the store', async () => {
    const { writer, reader, store } = freshStack();
    store.afterCommit = () => Promise.reject(new OutcomeUnknown('scripted'));
    expect(await failureOf(writer.write({ keys: [key], plan: create }))).to.be.instanceOf(OutcomeUnknown);
    store.reads = 0;
    expect((await reader.read([key]))[0].version).to.equal(1);
    expect(store.reads).to.equal(1);
  });

  it('leaves the markers standing when the store refuses: they may cover what another writer is committing', async () => {
    const { writer, cache, store } = freshStack();
    store.beforeCommit = () => Promise.reject(new StoreUnavailable('scripted'));
    expect(await failureOf(writer.write({ keys: [key], plan: create }))).to.be.instanceOf(StoreUnavailable);
    expect(cache.of('put')).to.have.length(1);
    expect(cache.of('replace').slice(1)).to.deep.equal([]);
  });

  it('plans again on what the store holds when a record has moved', async () => {
    const { writer, store, clock } = freshStack();
    await writer.write({ keys: [key], plan: create });
    let interfere = true;
    store.beforeCommit = async () => {
      if (!interfere) return;
      interfere = false;
      await store.commit(
        aChange([update(key, 1, { ...user, lastName: text('Moved') })]),
        clock.monotonic() + 1,
      );
    };
    const seen: number[] = [];
    await writer.write({
      keys: [key],
      plan: (loaded) => {
        seen.push(loaded[0].version);
        return rename(loaded);
      },
    });
    expect(seen).to.deep.equal([1, 2]);
  });

  it('gives up with a conflict after a few tries', async () => {
    const { writer, store } = freshStack();
    store.beforeCommit = () => Promise.reject(new Conflict(key));
    let plans = 0;
    const refusal = await failureOf(
      writer.write({
        keys: [key],
        plan: (loaded) => {
          plans += 1;
          return create(loaded);
        },
      }),
    );
    expect(refusal).to.be.instanceOf(Conflict);
    expect(plans).to.equal(5);
  });

  it('is seen by another instance as soon as it is acknowledged, though that one had cached the old value', async () => {
    const stack = freshStack();
    const other = freshInstance(stack);
    await stack.writer.write({ keys: [key], plan: create });
    await other.reader.read([key]);
    await stack.writer.write({ keys: [key], plan: rename });
    expect((await other.reader.read([key]))[0].record?.firstName).to.equal('Renamed');
  });

  it('does not publish over the marker of a newer writer', async () => {
    const stack = freshStack();
    const other = freshInstance(stack);
    await stack.writer.write({ keys: [key], plan: create });
    let once = true;
    stack.store.afterCommit = async () => {
      if (!once) return;
      once = false;
      await other.writer.write({ keys: [key], plan: planOf(undefined) });
    };
    await stack.writer.write({ keys: [key], plan: rename });
    expect((await other.reader.read([key]))[0].record).to.equal(undefined);
  });

  it('marks no record that is never cached', async () => {
    const { writer, cache } = freshStack();
    const claim = emailKey('ann@example.org' as never);
    await writer.write({
      keys: [claim],
      plan: ([loaded]) => ({
        result: undefined,
        change: aChange([put(loaded, anEmailClaim(user))]),
      }),
    });
    expect(cache.calls).to.deep.equal([]);
  });
});
