import { expect } from 'chai';
import fc from 'fast-check';
import {
  normalizeEmail,
  parseDisplayText,
  parseEmail,
  parseSlug,
  parseUsername,
} from '../../src/domain/names.ts';
import { refusal } from './builders.ts';

/** Text of all kinds: anything Unicode has, broken text included, and text that is nearly a name. */
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

describe('a username', () => {
  for (const good of ['olivia', 'a', '0', '7up', 'o.b_r-ien', 'a--', `a${'b'.repeat(62)}`]) {
    it(`may be ${JSON.stringify(good)}`, () => {
      expect(parseUsername(good)).to.equal(good);
    });
  }

  it('is read in any case and kept in lower case', () => {
    expect(parseUsername('Olivia.ORG')).to.equal('olivia.org');
  });

  const bad = [
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
  for (const text of [...bad, '\u0000', 'a\u0000', '\ud800', `a${'b'.repeat(63)}`]) {
    it(`may not be ${JSON.stringify(text)}`, () => {
      expect(refusal(() => parseUsername(text))).to.equal('invalid_request');
    });
  }

  it('never holds anything but what is allowed, whatever is given', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const username = accepted(parseUsername, text);
        if (username === undefined) return;
        expect(username).to.match(/^[a-z0-9][a-z0-9._-]{0,62}$/);
        expect(parseUsername(username)).to.equal(username);
      }),
    );
  });

  it('is refused with what was given and what is allowed', () => {
    expect(() => parseUsername('Olivia Org')).to.throw(
      '"Olivia Org" is not a username: 1–63 of a–z, 0–9, ".", "_", "-", starting with a letter or digit',
    );
  });
});

describe('an organization name in a path', () => {
  for (const good of ['acme', 'a', '-', '4-u', 'a'.repeat(50)]) {
    it(`may be ${JSON.stringify(good)}`, () => {
      expect(parseSlug(good)).to.equal(good);
    });
  }

  it('is read in any case and kept in lower case', () => {
    expect(parseSlug('Olivia-Org')).to.equal('olivia-org');
  });

  for (const text of ['', 'a b', 'a.b', 'a_b', 'a/b', 'a:b', 'é', '日本', 'a\n', '\ud800', 'a'.repeat(51)]) {
    it(`may not be ${JSON.stringify(text)}`, () => {
      expect(refusal(() => parseSlug(text))).to.equal('invalid_request');
    });
  }

  it('is not made to fit: what a founder may give is no path', () => {
    expect(() => parseSlug('Olivia Org')).to.throw(
      '"Olivia Org" is not an organization name: 1–50 of a–z, 0–9, "-"',
    );
  });
});

describe('an e-mail address', () => {
  const longest = `${'a'.repeat(248)}@b.org`;
  for (const good of ['olivia@example.org', 'Olivia.Org+x@Mail.Example.ORG', 'ø@ø.dk', "o'b@c.d", longest]) {
    it(`may be ${JSON.stringify(good)} and is kept as written`, () => {
      expect(parseEmail(good)).to.equal(good);
    });
  }

  const bad = ['', 'olivia', '@b.c', 'a@', 'a@b', 'a@b.', 'a@.b', 'a@b@c.d', 'a b@c.d', 'a@b c.d', 'a@b.c\n'];
  const unprintable = [
    '\u0000a@b.c',
    'a\u007f@b.c',
    'a@b.\u0085c',
    'a\ud800@b.c',
    'a@\udc00.c',
    'a\u2028@b.c',
    'a\u200b@b.c',
  ];
  for (const text of [...bad, ...unprintable, `a${longest}`]) {
    it(`may not be ${JSON.stringify(text)}`, () => {
      expect(refusal(() => parseEmail(text))).to.equal('invalid_request');
    });
  }

  it('is claimed once for all its spellings in upper and lower case', () => {
    expect(normalizeEmail(parseEmail('Olivia@Example.ORG'))).to.equal('olivia@example.org');
    expect(normalizeEmail(parseEmail('olivia@example.org'))).to.equal('olivia@example.org');
    expect(normalizeEmail(parseEmail('e\u0301@x.org'))).to.equal(normalizeEmail(parseEmail('\u00c9@x.org')));
  });

  it('is refused with what was given and what is allowed', () => {
    expect(() => parseEmail('olivia')).to.throw(
      '"olivia" is not an e-mail address of at most 254 characters',
    );
  });
});

describe('a display text', () => {
  for (const good of [
    'x',
    'Olivia',
    "Crème & Co. (O'Brien)",
    '日本',
    'אבג',
    'a  b',
    '👩‍👩‍👧',
    'a'.repeat(100),
  ]) {
    it(`may be ${JSON.stringify(good)} and is kept as written`, () => {
      expect(parseDisplayText(good)).to.equal(good);
    });
  }

  it('counts an emoji as one character', () => {
    expect(parseDisplayText('😀'.repeat(100))).to.equal('😀'.repeat(100));
    expect(refusal(() => parseDisplayText('😀'.repeat(101)))).to.equal('invalid_request');
  });

  const controls = ['\u0000', 'a\u0000b', 'a\nb', 'a\n', '\ta', 'a\rb', '\u001b[31m', 'a\u007f', 'a\u0085b'];
  const lines = ['a\u2028b', 'a\u2029b'];
  const halves = ['\ud83d', 'a\ude00', '\ude00\ud83d'];
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
    ...halves,
    'a'.repeat(101),
  ]) {
    it(`may not be ${JSON.stringify(text)}`, () => {
      expect(refusal(() => parseDisplayText(text))).to.equal('invalid_request');
    });
  }

  it('never holds control characters or halves of characters, and is never empty or too long', () => {
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

  it('is refused with what was given, escaped, and what is allowed', () => {
    expect(() => parseDisplayText('a\nb')).to.throw(
      '"a\\nb" is not a text of 1–100 characters with at least one visible character and no control characters',
    );
  });
});

describe('the message about a name that is not allowed', () => {
  const parsers = { parseUsername, parseSlug, parseEmail, parseDisplayText };
  for (const [name, parse] of Object.entries(parsers)) {
    it(`shows only the beginning of what was given (${name})`, () => {
      const given = `0123456789${'!'.repeat(30)}THE END${'\n'.repeat(300)}`;
      expect(() => parse(given)).to.throw(`"0123456789${'!'.repeat(30)}…" is not `);
    });
  }

  it('shows forty characters in full', () => {
    expect(() => parseUsername('!'.repeat(40))).to.throw(`"${'!'.repeat(40)}" is not a username`);
  });

  it('escapes what could disturb a terminal or a log', () => {
    expect(() => parseUsername('a\u009b\u2028\u202eb')).to.throw(
      '"a\\u{9b}\\u{2028}\\u{202e}b" is not a username',
    );
  });

  it('does not cut an emoji in two', () => {
    expect(() => parseUsername('😀'.repeat(41))).to.throw(`"${'😀'.repeat(40)}…" is not a username`);
  });
});
