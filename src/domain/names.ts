import { excerpt, InvalidValue } from './invalid-value.ts';

declare const brand: unique symbol;
type Branded<B extends string> = string & { readonly [brand]: B };

/** A user's name: `[a-z0-9][a-z0-9._-]{0,62}`, always lower case. */
export type Username = Branded<'Username'>;
/** The name of an organization in paths and keys: 1–50 of `[a-z0-9-]`. */
export type Slug = Branded<'Slug'>;
/** An e-mail address as the user wrote it, at most 254 characters. */
export type EmailAddress = Branded<'EmailAddress'>;
/** An e-mail address in normal form (Unicode NFC, lower case), so that two spellings share one claim. */
export type NormalizedEmail = Branded<'ClaimedEmail'>;
/** A displayed name: 1–100 characters on one line. */
export type DisplayText = Branded<'DisplayText'>;

// Without the u flag, "i" does not match the Kelvin sign as a k.
const USERNAME = /^[a-z0-9][a-z0-9._-]{0,62}$/i;
const SLUG = /^[a-z0-9-]{1,50}$/i;
const EMAIL = /^[^\s@\p{Cf}]+@[^\s@\p{Cf}]+\.[^\s@\p{Cf}]+$/u;
/** Control characters, lone surrogates, line separators and bidirectional overrides. */
const UNPRINTABLE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u;
const VISIBLE = /[^\p{Z}\p{Cf}]/u;

/** @throws {InvalidValue} */
export function parseUsername(text: string): Username {
  if (!USERNAME.test(text)) {
    throw new InvalidValue(
      text,
      'a username: 1–63 of a–z, 0–9, ".", "_", "-", starting with a letter or digit',
    );
  }
  return text.toLowerCase() as Username;
}

/** Parses the name of an organization in a path. @throws {InvalidValue} */
export function parseSlug(text: string): Slug {
  if (!SLUG.test(text)) throw new InvalidValue(text, 'an organization name: 1–50 of a–z, 0–9, "-"');
  return text.toLowerCase() as Slug;
}

/** Derives the slug of a new organization from its name. @throws {InvalidValue} */
export function slugOf(organizationName: string): Slug {
  const slug = slugify(organizationName);
  if (!SLUG.test(slug)) {
    throw new InvalidValue(
      organizationName,
      `a name from which a slug of 1–50 characters a–z, 0–9, "-" can be derived (derived: "${excerpt(slug)}")`,
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

/** The normal form, in which e-mail addresses are unique. */
export function normalizeEmail(email: EmailAddress): NormalizedEmail {
  return email.normalize('NFC').toLowerCase() as NormalizedEmail;
}

/** @throws {InvalidValue} */
export function parseDisplayText(text: string): DisplayText {
  const length = [...text].length;
  if (length < 1 || length > 100 || !VISIBLE.test(text) || UNPRINTABLE.test(text)) {
    throw new InvalidValue(
      text,
      'a text of 1–100 characters with at least one visible character and no control characters',
    );
  }
  return text as DisplayText;
}

/** Latin letters that Unicode does not decompose into a base letter and an accent. */
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

/** Lower case; accents removed; `&` becomes "and"; apostrophes removed; every other sequence becomes one hyphen. */
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
