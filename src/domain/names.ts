import { excerpt, InvalidValue } from './invalid-value.ts';

declare const brand: unique symbol;
type Branded<B extends string> = string & { readonly [brand]: B };

/** A user's name: `[a-z0-9][a-z0-9._-]{0,62}`, always lower case. */
export type Username = Branded<'Username'>;
/** An organization's name in paths and keys: 1–50 of `[a-z0-9-]`. */
export type Slug = Branded<'Slug'>;
/** An e-mail address as its owner wrote it, at most 254 characters. */
export type EmailAddress = Branded<'EmailAddress'>;
/** The form in which e-mail addresses are claimed: composed and in lower case, so that two spellings are one claim. */
export type NormalizedEmail = Branded<'ClaimedEmail'>;
/** What people call a thing or a person: 1–100 characters on one line. */
export type DisplayText = Branded<'DisplayText'>;

// Without the u flag, "i" does not let the Kelvin sign pass for a k.
const USERNAME = /^[a-z0-9][a-z0-9._-]{0,62}$/i;
const SLUG = /^[a-z0-9-]{1,50}$/i;
const EMAIL = /^[^\s@\p{Cf}]+@[^\s@\p{Cf}]+\.[^\s@\p{Cf}]+$/u;
/** Control characters, halves of characters, line ends, and what turns the direction of the text that follows. */
const UNPRINTABLE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u;
const VISIBLE = /[^\p{Z}\p{Cf}]/u;

/** @throws {InvalidValue} saying what a username may look like */
export function parseUsername(text: string): Username {
  if (!USERNAME.test(text)) {
    throw new InvalidValue(
      text,
      'a username: 1–63 of a–z, 0–9, ".", "_", "-", beginning with a letter or digit',
    );
  }
  return text.toLowerCase() as Username;
}

/** Reads an organization's name as it stands in a path. @throws {InvalidValue} */
export function parseSlug(text: string): Slug {
  if (!SLUG.test(text)) throw new InvalidValue(text, 'an organization name: 1–50 of a–z, 0–9, "-"');
  return text.toLowerCase() as Slug;
}

/** Makes the name that will stand in paths from the name that a founder gives. @throws {InvalidValue} */
export function slugOf(organizationName: string): Slug {
  const slug = slugify(organizationName);
  if (!SLUG.test(slug)) {
    throw new InvalidValue(
      organizationName,
      `a name that makes 1–50 of a–z, 0–9, "-" (it makes "${excerpt(slug)}")`,
    );
  }
  return slug as Slug;
}

/** @throws {InvalidValue} */
export function parseEmail(text: string): EmailAddress {
  if ([...text].length > 254 || !EMAIL.test(text) || UNPRINTABLE.test(text)) {
    throw new InvalidValue(text, 'an e-mail address of at most 254 characters');
  }
  return text as EmailAddress;
}

export function normalizeEmail(email: EmailAddress): NormalizedEmail {
  return email.normalize('NFC').toLowerCase() as NormalizedEmail;
}

/** @throws {InvalidValue} */
export function parseDisplayText(text: string): DisplayText {
  const length = [...text].length;
  if (length < 1 || length > 100 || !VISIBLE.test(text) || UNPRINTABLE.test(text)) {
    throw new InvalidValue(text, '1–100 characters without control characters, of which one can be seen');
  }
  return text as DisplayText;
}

/** Latin letters that Unicode does not take apart into a plain letter and an accent. */
const PLAIN_LATIN: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ı: 'i',
};

/** Lower case; accents dropped; `&` is "and"; apostrophes vanish; every other run becomes one hyphen. */
function slugify(name: string): string {
  return name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/\p{M}/gu, '')
    .replace(/[ßæœøłđðþı]/g, (letter) => PLAIN_LATIN[letter] ?? '')
    .replaceAll('&', ' and ')
    .replace(/['’]/g, '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
}
