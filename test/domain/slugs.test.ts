import { expect } from 'chai';
import fc from 'fast-check';
import { parseSlug, slugOf } from '../../src/domain/names.ts';
import { refusal } from './builders.ts';

const nearlyNames = fc.string({ unit: fc.constantFrom(..."aZ09-_.&'’ éß日😀\n"), maxLength: 60 });
const anyText = fc.oneof(fc.string({ unit: 'binary' }), nearlyNames);

function slugOrNone(text: string): string | undefined {
  try {
    return slugOf(text);
  } catch {
    return undefined;
  }
}

describe('the name that an organization gets in paths', () => {
  const made: Readonly<Record<string, string>> = {
    'Olivia Org': 'olivia-org',
    'Crème & Co': 'creme-and-co',
    'Cre\u0300me & Co': 'creme-and-co',
    "O'Brien Ltd.": 'obrien-ltd',
    'O’Brien Ltd.': 'obrien-ltd',
    'A&B': 'a-and-b',
    'Straße Æsir Œuvre Øre Łódź': 'strasse-aesir-oeuvre-ore-lodz',
    'Đặng Ðorn Þing Kadıköy İzmir': 'dang-dorn-thing-kadikoy-izmir',
    'STRAẞE 12': 'strasse-12',
    '  --Acme__Inc.--  ': 'acme-inc',
    'a...b___c   d': 'a-b-c-d',
    Ａｃｍｅ: 'acme',
    'Rock ’n’ Roll 日本': 'rock-n-roll',
    '42': '42',
    '№ 5 Ltd': 'no-5-ltd',
    𝐀cme: 'acme',
  };
  for (const [given, slug] of Object.entries(made)) {
    it(`is ${slug} for ${JSON.stringify(given)}`, () => {
      expect(slugOf(given)).to.equal(slug);
    });
  }

  it('has fifty characters at most, counted after it was made', () => {
    expect(slugOf('a'.repeat(50))).to.equal('a'.repeat(50));
    expect(slugOf(`${'.'.repeat(60)}a`)).to.equal('a');
    expect(refusal(() => slugOf('a'.repeat(51)))).to.equal('invalid_request');
    expect(refusal(() => slugOf('&'.repeat(20)))).to.equal('invalid_request');
  });

  for (const text of ['', ' ', '-', '---', "'", '日本', 'ΑΒΓ', '😀', '\u0000', '\ud800', 'a'.repeat(300)]) {
    it(`cannot be made from ${JSON.stringify(text)}`, () => {
      expect(refusal(() => slugOf(text))).to.equal('invalid_request');
    });
  }

  it('is refused with what was given, what is allowed and what it would have been', () => {
    expect(() => slugOf('日本')).to.throw(
      '"日本" is not a name from which a slug of 1–50 characters a–z, 0–9, "-" can be derived (derived: "")',
    );
  });

  it('is refused with a short message, however long the given name is', () => {
    const shown = `${'a'.repeat(40)}…`;
    expect(() => slugOf('A'.repeat(300))).to.throw(
      `"${shown.replaceAll('a', 'A')}" is not a name from which a slug of 1–50 characters a–z, 0–9, "-" can be derived (derived: "${shown}")`,
    );
  });

  it('is always 1–50 of a–z, 0–9 and hyphens, with no hyphen at its ends or beside another', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const slug = slugOrNone(text);
        if (slug === undefined) return;
        expect(slug).to.match(/^[a-z0-9-]{1,50}$/);
        expect(slug).to.not.match(/^-|--|-$/);
      }),
    );
  });

  it('makes itself again, and is good in a path as it is', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const slug = slugOrNone(text);
        if (slug === undefined) return;
        expect(slugOf(slug)).to.equal(slug);
        expect(parseSlug(slug)).to.equal(slug);
      }),
    );
  });

  it('is the same for a name in upper and in lower case', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z][a-z &.'-]{0,30}$/), (name) => {
        expect(slugOrNone(name.toUpperCase())).to.equal(slugOrNone(name));
      }),
    );
  });
});
