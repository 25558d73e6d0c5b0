import { expect } from 'chai';
import { type CurrentCache, handleOn, handlesOn, uniqueKey } from './cache-under-test.ts';

const VALUES: Readonly<Record<string, string>> = {
  'one character': 'x',
  'a space': ' ',
  'leading and trailing whitespace': ' \r\n\t text \t\n',
  'JSON text': JSON.stringify({ format: 1, record: { name: 'Ann "A" \\', list: [1, null] }, version: 3 }),
  'quotes and backslashes': `"' \\" \\\\ \\n \``,
  'Unicode characters of one to four bytes': 'aä€😀 山田 שלום 👩‍👩‍👧‍👦',
  'a combining accent and a precomposed letter': 'e\u0301 é',
  'control characters': 'a\u0000b\u0001c\u007f\u0085\u2028',
  'a number': '0012.50',
  'the text "undefined"': 'undefined',
  '100 KB': 'ä€😀0123456'.repeat(8_000),
};

/** The five operations in sequence. */
export function cacheEntryRules(current: CurrentCache): void {
  const cache = () => handleOn(current());

  it('get returns undefined for an unused key', async () => {
    expect(await cache().get(uniqueKey())).to.equal(undefined);
  });

  it('add sets an absent entry', async () => {
    const key = uniqueKey();
    expect(await cache().add(key, 'first')).to.equal(true);
    expect(await cache().get(key)).to.equal('first');
  });

  it('add keeps an existing entry', async () => {
    const key = uniqueKey();
    await cache().put(key, 'first');
    expect(await cache().add(key, 'second')).to.equal(false);
    expect(await cache().get(key)).to.equal('first');
  });

  it('put sets an absent entry and overwrites an existing one', async () => {
    const key = uniqueKey();
    await cache().put(key, 'first');
    expect(await cache().get(key)).to.equal('first');
    await cache().put(key, 'second');
    expect(await cache().get(key)).to.equal('second');
  });

  it('replace sets an entry that equals the expected value', async () => {
    const key = uniqueKey();
    await cache().add(key, 'first');
    expect(await cache().replace(key, 'first', 'second')).to.equal(true);
    expect(await cache().get(key)).to.equal('second');
    expect(await cache().replace(key, 'second', 'third')).to.equal(true);
    expect(await cache().get(key)).to.equal('third');
  });

  it('replace keeps an entry that differs from the expected value', async () => {
    const key = uniqueKey();
    await cache().put(key, 'second');
    expect(await cache().replace(key, 'first', 'third')).to.equal(false);
    expect(await cache().get(key)).to.equal('second');
  });

  it('replace does not set an absent entry', async () => {
    const key = uniqueKey();
    expect(await cache().replace(key, 'first', 'second')).to.equal(false);
    expect(await cache().get(key)).to.equal(undefined);
  });

  it('replace compares character by character', async () => {
    const long = `${'x'.repeat(5_000)}{"token":"é😀 12"}`;
    const others = [
      long.slice(0, -1),
      long.slice(1),
      `${long} `,
      `${long}\n`,
      ` ${long}`,
      `${long.slice(0, -1)}]`,
      `y${long.slice(1)}`,
      long.toUpperCase(),
      long.normalize('NFD'),
      long.replace('12', '12.0'),
      '*',
      'x',
    ];
    const key = uniqueKey();
    await cache().put(key, long);
    for (const other of others) {
      expect(other).to.not.equal(long);
      expect(await cache().replace(key, other, 'taken'), `expecting ${other.slice(-20)}`).to.equal(false);
    }
    expect(await cache().get(key)).to.equal(long);
    expect(await cache().replace(key, long, 'taken')).to.equal(true);
  });

  it('replace distinguishes different spellings of the same number', async () => {
    const key = uniqueKey();
    await cache().put(key, '1');
    for (const other of ['1.0', '01', '+1', ' 1', '1e0']) {
      expect(await cache().replace(key, other, '2')).to.equal(false);
    }
    expect(await cache().replace(key, '1', '2')).to.equal(true);
  });

  for (const [name, value] of Object.entries(VALUES)) {
    it(`returns a value character by character: ${name}`, async () => {
      const [put, added, replaced] = [uniqueKey(), uniqueKey(), uniqueKey()];
      await cache().put(put, value);
      await cache().add(added, value);
      await cache().add(replaced, 'first');
      await cache().replace(replaced, 'first', value);
      for (const key of [put, added, replaced]) expect(await cache().get(key)).to.equal(value);
      expect(await cache().getMany([put, added, replaced])).to.deep.equal([value, value, value]);
      expect(await cache().replace(put, value, 'next')).to.equal(true);
    });
  }

  it('distinguishes keys that differ in any character', async () => {
    const base = uniqueKey();
    const keys = [
      base,
      `${base}:a`,
      `${base}/a`,
      `${base}@a`,
      `${base}@A`,
      `${base}a`,
      `${base} a`,
      `${base}#%?&*[a]{a}`,
      `${base}é`,
      `${base}e\u0301`,
      `${base}😀山`,
      `${base}"'\\`,
      `${base}${'l'.repeat(300)}`,
    ];
    for (const key of keys) expect(await cache().add(key, `of ${key}`), key).to.equal(true);
    for (const key of keys) expect(await cache().get(key)).to.equal(`of ${key}`);
    expect(await cache().getMany(keys)).to.deep.equal(keys.map((key) => `of ${key}`));
  });

  for (const name of ['__proto__', 'constructor', 'toString']) {
    it(`accepts "${name}" at the end of a key and as a value`, async () => {
      const key = `${uniqueKey()}:${name}`;
      expect(await cache().get(key)).to.equal(undefined);
      await cache().put(key, name);
      expect(await cache().get(key)).to.equal(name);
    });
  }

  it('getMany returns the entries in the order of the keys, and undefined for absent ones', async () => {
    const keys = Array.from({ length: 9 }, uniqueKey);
    for (const [index, key] of keys.entries()) if (index % 3 !== 1) await cache().put(key, `v${index}`);
    const expected = keys.map((_, index) => (index % 3 === 1 ? undefined : `v${index}`));
    expect(await cache().getMany(keys)).to.deep.equal(expected);
    expect(await cache().getMany(keys.toReversed())).to.deep.equal(expected.toReversed());
  });

  it('getMany accepts one key', async () => {
    const key = uniqueKey();
    expect(await cache().getMany([key])).to.deep.equal([undefined]);
    await cache().put(key, 'there');
    expect(await cache().getMany([key])).to.deep.equal(['there']);
  });

  it('getMany accepts 500 keys', async () => {
    const keys = Array.from({ length: 500 }, uniqueKey);
    const isPresent = (index: number): boolean => index % 7 !== 0;
    await Promise.all(keys.map((key, index) => isPresent(index) && cache().add(key, `v${index}`)));
    const expected = keys.map((_, index) => (isPresent(index) ? `v${index}` : undefined));
    expect(await cache().getMany(keys)).to.deep.equal(expected);
  });

  it('shows acknowledged writes on one handle immediately on another', async () => {
    const handle = await handlesOn(current());
    const key = uniqueKey();
    expect(await handle(0).add(key, 'first')).to.equal(true);
    expect(await handle(1).get(key)).to.equal('first');
    expect(await handle(1).add(key, 'other')).to.equal(false);
    expect(await handle(1).replace(key, 'first', 'second')).to.equal(true);
    expect(await handle(0).getMany([key])).to.deep.equal(['second']);
    expect(await handle(0).replace(key, 'first', 'third')).to.equal(false);
    await handle(0).put(key, 'fourth');
    expect(await handle(1).get(key)).to.equal('fourth');
  });
}
