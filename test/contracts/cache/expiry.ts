import { expect } from 'chai';
import { type CurrentCache, handleOn, handlesOn, uniqueKey } from './cache-under-test.ts';

const SHORT = 1_000;
const LONG = 60_000;
/** Longer than `SHORT`, even if the cache rounds TTLs up to whole seconds. */
const PAST_SHORT = 2_500;

/** Entries exist until their TTL has passed. */
export function cacheExpiryRules(current: CurrentCache): void {
  const cache = () => handleOn(current());

  it('expires an entry after its TTL and not before, whichever operation set it', async () => {
    const [added, put, replaced, staying] = [uniqueKey(), uniqueKey(), uniqueKey(), uniqueKey()];
    const keys = [added, put, replaced, staying];
    await cache().put(staying, 'staying', LONG);
    await cache().add(replaced, 'first', LONG);
    await cache().add(added, 'added', SHORT);
    await cache().put(put, 'put', SHORT);
    await cache().replace(replaced, 'first', 'replaced', SHORT);
    expect(await cache().getMany(keys)).to.deep.equal(['added', 'put', 'replaced', 'staying']);
    await current().advance(PAST_SHORT);
    expect(await cache().getMany(keys)).to.deep.equal([undefined, undefined, undefined, 'staying']);
    expect(await cache().get(added)).to.equal(undefined);
    expect(await cache().get(staying)).to.equal('staying');
  });

  it('treats an expired entry as absent: add sets it, replace does not', async () => {
    const [again, replaced] = [uniqueKey(), uniqueKey()];
    await cache().put(again, 'first', SHORT);
    await cache().put(replaced, 'first', SHORT);
    expect(await cache().add(again, 'second', SHORT)).to.equal(false);
    await current().advance(PAST_SHORT);
    expect(await cache().replace(replaced, 'first', 'second')).to.equal(false);
    expect(await cache().get(replaced)).to.equal(undefined);
    expect(await cache().add(again, 'third')).to.equal(true);
    expect(await cache().get(again)).to.equal('third');
  });

  it('extends the TTL of an entry that is set again', async () => {
    const [replaced, put] = [uniqueKey(), uniqueKey()];
    for (const key of [replaced, put]) await cache().add(key, 'first', SHORT);
    expect(await cache().replace(replaced, 'first', 'second', LONG)).to.equal(true);
    await cache().put(put, 'second', LONG);
    await current().advance(PAST_SHORT);
    expect(await cache().getMany([replaced, put])).to.deep.equal(['second', 'second']);
  });

  it('shortens the TTL of an entry that is set again', async () => {
    const [replaced, put] = [uniqueKey(), uniqueKey()];
    for (const key of [replaced, put]) await cache().add(key, 'first', LONG);
    expect(await cache().replace(replaced, 'first', 'second', SHORT)).to.equal(true);
    await cache().put(put, 'second', SHORT);
    await current().advance(PAST_SHORT);
    expect(await cache().getMany([replaced, put])).to.deep.equal([undefined, undefined]);
  });

  it('keeps the TTL when an add or a replace sets nothing', async () => {
    const [short, long] = [uniqueKey(), uniqueKey()];
    await cache().put(short, 'first', SHORT);
    await cache().put(long, 'first', LONG);
    expect(await cache().add(short, 'second', LONG)).to.equal(false);
    expect(await cache().replace(short, 'other', 'second', LONG)).to.equal(false);
    expect(await cache().add(long, 'second', SHORT)).to.equal(false);
    expect(await cache().replace(long, 'other', 'second', SHORT)).to.equal(false);
    expect(await cache().getMany([short, long])).to.deep.equal(['first', 'first']);
    await current().advance(PAST_SHORT);
    expect(await cache().getMany([short, long])).to.deep.equal([undefined, 'first']);
  });

  it('keeps the TTL when an entry is read', async () => {
    const keys = [uniqueKey(), uniqueKey()] as const;
    for (const key of keys) await cache().put(key, 'there', 2_000);
    await current().advance(1_500);
    expect(await cache().get(keys[0])).to.equal('there');
    expect(await cache().getMany([keys[1]])).to.deep.equal(['there']);
    // If reads renewed the TTL, both entries would exist for another 200 milliseconds.
    await current().advance(1_800);
    expect(await cache().getMany(keys)).to.deep.equal([undefined, undefined]);
  });

  it('accepts a fractional TTL and a TTL of one millisecond', async () => {
    const [fraction, shortest] = [uniqueKey(), uniqueKey()];
    await cache().put(fraction, 'there', SHORT + 0.25);
    expect(await cache().get(fraction)).to.equal('there');
    await cache().add(shortest, 'gone soon', 1);
    await current().advance(PAST_SHORT);
    expect(await cache().getMany([fraction, shortest])).to.deep.equal([undefined, undefined]);
  });

  it('lets exactly one of 20 concurrent adds set an expired entry', async () => {
    const handle = await handlesOn(current());
    const key = uniqueKey();
    await handle(0).put(key, 'expired', SHORT);
    await current().advance(PAST_SHORT);
    const added = await Promise.all(
      Array.from({ length: 20 }, (_, turn) => handle(turn).add(key, `by ${turn}`)),
    );
    expect(added.filter((one) => one)).to.have.length(1);
    expect(await handle(1).get(key)).to.equal(`by ${added.indexOf(true)}`);
  });
}
