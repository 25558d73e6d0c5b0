import { expect } from 'chai';
import fc from 'fast-check';
import { parseSlug, slugOf } from '../../src/domain/names.ts';
import { errorCode } from './failures.ts';

const similarToNames = fc.string({ unit: fc.constantFrom(..."aZ09-_.&'’ éß日😀\n"), maxLength: 60 });
const anyText = fc.oneof(fc.string({ unit: 'binary' }), similarToNames);

function slugOrNone(text: string): string | undefined {
  try {
    return slugOf(text);
  } catch {
    return undefined;
  }
}

describe('slugOf', () => {
  const slugs: Readonly<Record<string, string>> = {
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
  for (const [given, slug] of Object.entries(slugs)) {
    it(`returns ${slug} for ${JSON.stringify(given)}`, () => {
      expect(slugOf(given)).to.equal(slug);
    });
  }

  it('returns fifty characters at most, counted in the slug', () => {
    expect(slugOf('a'.repeat(50))).to.equal('a'.repeat(50));
    expect(slugOf(`${'.'.repeat(60)}a`)).to.equal('a');
    expect(errorCode(() => slugOf('a'.repeat(51)))).to.equal('invalid_request');
    expect(errorCode(() => slugOf('&'.repeat(20)))).to.equal('invalid_request');
  });

  for (const text of ['', ' ', '-', '---', "'", '日本', 'ΑΒΓ', '😀', '\u0000', '\ud800', 'a'.repeat(300)]) {
    it(`rejects ${JSON.stringify(text)}`, () => {
      expect(errorCode(() => slugOf(text))).to.equal('invalid_request');
    });
  }

  it('names the given, the expected and the derived value in the error', () => {
    expect(() => slugOf('日本')).to.throw(
      '"日本" is not a name from which a slug of 1–50 characters a–z, 0–9, "-" can be derived (derived: "")',
    );
  });

  it('has a short message for a long name', () => {
    const shown = `${'a'.repeat(40)}…`;
    expect(() => slugOf('A'.repeat(300))).to.throw(
      `"${shown.replaceAll('a', 'A')}" is not a name from which a slug of 1–50 characters a–z, 0–9, "-" can be derived (derived: "${shown}")`,
    );
  });

  it('returns 1–50 of a–z, 0–9 and single hyphens, not at the ends', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const slug = slugOrNone(text);
        if (slug === undefined) return;
        expect(slug).to.match(/^[a-z0-9-]{1,50}$/);
        expect(slug).to.not.match(/^-|--|-$/);
      }),
    );
  });

  it('returns a valid slug that it returns unchanged for itself', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const slug = slugOrNone(text);
        if (slug === undefined) return;
        expect(slugOf(slug)).to.equal(slug);
        expect(parseSlug(slug)).to.equal(slug);
      }),
    );
  });

  it('ignores the case of the name', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z][a-z &.'-]{0,30}$/), (name) => {
        expect(slugOrNone(name.toUpperCase())).to.equal(slugOrNone(name));
      }),
    );
  });
});
