import { expect } from 'chai';
import fc from 'fast-check';
import {
  normalizeEmail,
  parseDisplayText,
  parseEmail,
  parseSlug,
  parseUsername,
} from '../../src/domain/names.ts';
import { errorCode } from './failures.ts';

/** Any Unicode text, including lone surrogates, and text that resembles a name. */
const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.constantFrom(...'aZ0.-_@ é\n'), maxLength: 70 }),
);

function accepted<T>(parse: (text: string) => T, text: string): T | undefined {
  try {
    return parse(text);
  } catch {
    return undefined;
  }
}

describe('parseUsername', () => {
  for (const valid of ['olivia', 'a', '0', '7up', 'o.b_r-ien', 'a--', `a${'b'.repeat(62)}`]) {
    it(`accepts ${JSON.stringify(valid)}`, () => {
      expect(parseUsername(valid)).to.equal(valid);
    });
  }

  it('converts to lower case', () => {
    expect(parseUsername('Olivia.ORG')).to.equal('olivia.org');
  });

  const invalid = [
    '',
    '.a',
    '-a',
    '_a',
    'a b',
    ' a',
    'a ',
    'a\n',
    'a\nb',
    'a/b',
    'a:b',
    'a@b',
    'é',
    'ａ',
    '\u212aim',
    '日本',
    '😀',
  ];
  for (const text of [...invalid, '\u0000', 'a\u0000', '\ud800', `a${'b'.repeat(63)}`]) {
    it(`rejects ${JSON.stringify(text)}`, () => {
      expect(errorCode(() => parseUsername(text))).to.equal('invalid_request');
    });
  }

  it('returns only valid usernames for any text', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const username = accepted(parseUsername, text);
        if (username === undefined) return;
        expect(username).to.match(/^[a-z0-9][a-z0-9._-]{0,62}$/);
        expect(parseUsername(username)).to.equal(username);
      }),
    );
  });

  it('names the given and the expected value in the error', () => {
    expect(() => parseUsername('Olivia Org')).to.throw(
      '"Olivia Org" is not a username: 1–63 of a–z, 0–9, ".", "_", "-", starting with a letter or digit',
    );
  });
});

describe('parseSlug', () => {
  for (const valid of ['acme', 'a', '-', '4-u', 'a'.repeat(50)]) {
    it(`accepts ${JSON.stringify(valid)}`, () => {
      expect(parseSlug(valid)).to.equal(valid);
    });
  }

  it('converts to lower case', () => {
    expect(parseSlug('Olivia-Org')).to.equal('olivia-org');
  });

  for (const text of ['', 'a b', 'a.b', 'a_b', 'a/b', 'a:b', 'é', '日本', 'a\n', '\ud800', 'a'.repeat(51)]) {
    it(`rejects ${JSON.stringify(text)}`, () => {
      expect(errorCode(() => parseSlug(text))).to.equal('invalid_request');
    });
  }

  it('does not convert a display name', () => {
    expect(() => parseSlug('Olivia Org')).to.throw(
      '"Olivia Org" is not an organization name: 1–50 of a–z, 0–9, "-"',
    );
  });
});

describe('parseEmail', () => {
  const longest = `${'a'.repeat(248)}@b.org`;
  for (const valid of ['olivia@example.org', 'Olivia.Org+x@Mail.Example.ORG', 'ø@ø.dk', "o'b@c.d", longest]) {
    it(`accepts ${JSON.stringify(valid)} unchanged`, () => {
      expect(parseEmail(valid)).to.equal(valid);
    });
  }

  const invalid = [
    '',
    'olivia',
    '@b.c',
    'a@',
    'a@b',
    'a@b.',
    'a@.b',
    'a@b@c.d',
    'a b@c.d',
    'a@b c.d',
    'a@b.c\n',
  ];
  const unprintable = [
    '\u0000a@b.c',
    'a\u007f@b.c',
    'a@b.\u0085c',
    'a\ud800@b.c',
    'a@\udc00.c',
    'a\u2028@b.c',
    'a\u200b@b.c',
  ];
  for (const text of [...invalid, ...unprintable, `a${longest}`]) {
    it(`rejects ${JSON.stringify(text)}`, () => {
      expect(errorCode(() => parseEmail(text))).to.equal('invalid_request');
    });
  }

  it('is normalized to one claim for every case', () => {
    expect(normalizeEmail(parseEmail('Olivia@Example.ORG'))).to.equal('olivia@example.org');
    expect(normalizeEmail(parseEmail('olivia@example.org'))).to.equal('olivia@example.org');
    expect(normalizeEmail(parseEmail('e\u0301@x.org'))).to.equal(normalizeEmail(parseEmail('\u00c9@x.org')));
  });

  it('names the given and the expected value in the error', () => {
    expect(() => parseEmail('olivia')).to.throw(
      '"olivia" is not an e-mail address of at most 254 characters',
    );
  });
});

describe('parseDisplayText', () => {
  for (const valid of [
    'x',
    'Olivia',
    "Crème & Co. (O'Brien)",
    '日本',
    'אבג',
    'a  b',
    '👩‍👩‍👧',
    'a'.repeat(100),
  ]) {
    it(`accepts ${JSON.stringify(valid)} unchanged`, () => {
      expect(parseDisplayText(valid)).to.equal(valid);
    });
  }

  it('counts an emoji as one character', () => {
    expect(parseDisplayText('😀'.repeat(100))).to.equal('😀'.repeat(100));
    expect(errorCode(() => parseDisplayText('😀'.repeat(101)))).to.equal('invalid_request');
  });

  const controls = ['\u0000', 'a\u0000b', 'a\nb', 'a\n', '\ta', 'a\rb', '\u001b[31m', 'a\u007f', 'a\u0085b'];
  const lines = ['a\u2028b', 'a\u2029b'];
  const surrogates = ['\ud83d', 'a\ude00', '\ude00\ud83d'];
  for (const text of [
    '',
    ' ',
    '\u00a0 \u3000',
    '\u200b',
    ' \u200d',
    'abc\u202ecba',
    '\u2067x',
    ...controls,
    ...lines,
    ...surrogates,
    'a'.repeat(101),
  ]) {
    it(`rejects ${JSON.stringify(text)}`, () => {
      expect(errorCode(() => parseDisplayText(text))).to.equal('invalid_request');
    });
  }

  it('returns no control characters or lone surrogates, and nothing empty or too long', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const read = accepted(parseDisplayText, text);
        if (read === undefined) return;
        expect(read).to.equal(text);
        expect(read).to.not.match(/[\p{Cc}\p{Cs}]/u);
        expect([...read].length).to.be.within(1, 100);
      }),
    );
  });

  it('names the given value, escaped, and the expected one in the error', () => {
    expect(() => parseDisplayText('a\nb')).to.throw(
      '"a\\nb" is not a text of 1–100 characters with at least one visible character and no control characters',
    );
  });
});

describe('the message about an invalid name', () => {
  const parsers = { parseUsername, parseSlug, parseEmail, parseDisplayText };
  for (const [name, parse] of Object.entries(parsers)) {
    it(`shows only the beginning of a long value (${name})`, () => {
      const given = `0123456789${'!'.repeat(30)}THE END${'\n'.repeat(300)}`;
      expect(() => parse(given)).to.throw(`"0123456789${'!'.repeat(30)}…" is not `);
    });
  }

  it('shows forty characters', () => {
    expect(() => parseUsername('!'.repeat(40))).to.throw(`"${'!'.repeat(40)}" is not a username`);
  });

  it('escapes characters that are unsafe in terminals and logs', () => {
    expect(() => parseUsername('a\u009b\u2028\u202eb')).to.throw(
      '"a\\u{9b}\\u{2028}\\u{202e}b" is not a username',
    );
  });

  it('does not split an emoji', () => {
    expect(() => parseUsername('😀'.repeat(41))).to.throw(`"${'😀'.repeat(40)}…" is not a username`);
  });
});
