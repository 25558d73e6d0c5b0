import { expect } from 'chai';
import { decode } from '../../../src/app/freshness/cache-entry.ts';
import { CacheUnavailable, Conflict, OutcomeUnknown, StoreUnavailable } from '../../../src/ports/errors.ts';
import { serverOf } from '../../contracts/cache/cache-under-test.ts';
import { aChange, text, update } from '../../support/accounts.ts';
import { freshStack, SETTINGS } from '../../support/fresh-stack.ts';
import { rejectionOf } from '../../support/rejection-of.ts';
import { create, key, rename, user } from './user-plans.ts';

describe('FreshWriter, when the cache or the store fails', () => {
  it('writes nothing if three attempts to mark fail, each with a new token', async () => {
    const { writer, cache, store, clock } = freshStack();
    cache.script = ({ operation }) => (operation === 'put' ? 'failed' : 'answered');
    expect(await rejectionOf(writer.write({ keys: [key], plan: create }))).to.be.instanceOf(CacheUnavailable);
    const markers = cache.of('put').map(({ value }) => value);
    expect(new Set(markers).size).to.equal(3);
    expect((await store.readMany([key], clock.monotonic() + 1))[0].version).to.equal(0);
  });

  it('puts a new marker and acknowledges if its own was evicted before it could publish', async () => {
    const { writer, cache, shared, store, clock } = freshStack();
    store.afterCommit = async () => {
      await clock.advance(SETTINGS.markerTtlMs + 1);
    };
    expect(await writer.write({ keys: [key], plan: create })).to.equal(1);
    const [before, after] = cache.of('put');
    expect(after?.value).to.be.a('string').and.not.equal(before?.value);
    const entry = await shared.get(after?.keys[0] ?? '', serverOf(shared), clock.monotonic() + 1);
    expect(decode(entry ?? '')).to.deep.equal({ type: 'marker' });
  });

  it('puts a new marker if the outcome of publishing is unknown', async () => {
    const { writer, cache } = freshStack();
    cache.script = ({ operation }) => (operation === 'replace' ? 'lost' : 'answered');
    expect(await writer.write({ keys: [key], plan: create })).to.equal(1);
    expect(cache.of('put')).to.have.length(2);
  });

  it('fails with OutcomeUnknown if neither the value nor a new marker is acknowledged after the commit', async () => {
    const { writer, cache, store, clock } = freshStack();
    store.afterCommit = async () => {
      cache.script = () => 'failed';
    };
    const refusal = await rejectionOf(writer.write({ keys: [key], plan: create }));
    expect(refusal).to.be.instanceOf(OutcomeUnknown);
    expect((refusal as Error).message).to.contain('may not be seen everywhere');
    expect((await store.readMany([key], clock.monotonic() + 1))[0].version).to.equal(1);
  });

  it('leaves the markers in place if the outcome of the commit is unknown, so that reads use the store', async () => {
    const { writer, reader, store } = freshStack();
    store.afterCommit = () => Promise.reject(new OutcomeUnknown('scripted'));
    expect(await rejectionOf(writer.write({ keys: [key], plan: create }))).to.be.instanceOf(OutcomeUnknown);
    store.reads = 0;
    expect((await reader.read([key]))[0].version).to.equal(1);
    expect(store.reads).to.equal(1);
  });

  it('leaves the markers in place if the commit fails: they may protect the commit of another writer', async () => {
    const { writer, cache, store } = freshStack();
    store.beforeCommit = () => Promise.reject(new StoreUnavailable('scripted'));
    expect(await rejectionOf(writer.write({ keys: [key], plan: create }))).to.be.instanceOf(StoreUnavailable);
    expect(cache.of('put')).to.have.length(1);
    expect(cache.of('replace').slice(1)).to.deep.equal([]);
  });

  it('plans again from the store after a conflict', async () => {
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

  it('fails with a conflict after five attempts', async () => {
    const { writer, store } = freshStack();
    store.beforeCommit = () => Promise.reject(new Conflict(key));
    let plans = 0;
    const refusal = await rejectionOf(
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
});
