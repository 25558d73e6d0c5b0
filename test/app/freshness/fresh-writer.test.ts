import { expect } from 'chai';
import { put } from '../../../src/domain/change.ts';
import { Forbidden } from '../../../src/domain/errors.ts';
import { emailKey, userKey } from '../../../src/domain/records.ts';
import { aChange, anEmailClaim, uniqueUsername } from '../../support/accounts.ts';
import { freshInstance, freshStack, SETTINGS } from '../../support/fresh-stack.ts';
import { rejectionOf } from '../../support/rejection-of.ts';
import type { CallOutcome } from '../../support/scripted-cache.ts';
import { create, key, planOf, rename, user } from './user-plans.ts';

describe('FreshWriter', () => {
  it('marks each record before the commit and publishes it afterwards, so that the next read is a hit', async () => {
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

  it('publishes a deletion as absence with the version of the tombstone and the absent TTL', async () => {
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

  it('marks nothing if the plan refuses or changes nothing', async () => {
    const { writer, cache } = freshStack();
    const refusal = await rejectionOf(
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

  it('marks even while the circuit breaker is open', async () => {
    const { writer, reader, cache } = freshStack();
    cache.script = () => 'failed';
    for (let n = 0; n < 10; n += 1) await reader.read([key]);
    cache.script = ({ operation }) => (operation === 'get' ? 'failed' : 'answered');
    expect(await writer.write({ keys: [key], plan: create })).to.equal(1);
    expect(cache.of('put')).to.have.length(1);
  });

  it('gives all markers the same TTL and counts the commit deadline from the acknowledged marker', async () => {
    const { writer, cache, store, clock } = freshStack();
    const sent = clock.monotonic();
    let deadline = 0;
    cache.script = async ({ operation }): Promise<CallOutcome> => {
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

  it('counts the commit deadline from the earliest acknowledged marker', async () => {
    const { writer, cache, store, clock } = freshStack();
    const late = userKey(uniqueUsername());
    const sent = clock.monotonic();
    let deadline = 0;
    const marksOfLate = () => cache.of('put').filter(({ keys }) => keys[0]?.endsWith(late.username));
    cache.script = async ({ operation, keys }): Promise<CallOutcome> => {
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

  it('makes an acknowledged write visible to another instance that had the old value cached', async () => {
    const stack = freshStack();
    const other = freshInstance(stack);
    await stack.writer.write({ keys: [key], plan: create });
    await other.reader.read([key]);
    await stack.writer.write({ keys: [key], plan: rename });
    expect((await other.reader.read([key]))[0].record?.firstName).to.equal('Renamed');
  });

  it('does not publish over the marker of a later writer', async () => {
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

  it('does not mark records that are never cached', async () => {
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
