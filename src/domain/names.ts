import { excerpt, InvalidValue } from './invalid-value.ts';

declare const brand: unique symbol;
type Branded<B extends string> = string & { readonly [brand]: B };

/** A user's name: `[a-z0-9][a-z0-9._-]{0,62}`, always lower case. */
export type Username = Branded<'Username'>;
/** An organization's name in paths and keys: 1–50 of `[a-z0-9-]`. */
export type Slug = Branded<'Slug'>;
/** An e-mail address as its owner wrote it, at most 254 characters. */
export type EmailAddress = Branded<'EmailAddress'>;
/** The form in which e-mail addresses are claimed: lower case, so that two spellings are one claim. */
export type ClaimedEmail = Branded<'ClaimedEmail'>;
/** What people call a thing or a person: 1–100 characters on one line. */
export type DisplayText = Branded<'DisplayText'>;

const USERNAME = /^[a-z0-9][a-z0-9._-]{0,62}$/;
const SLUG = /^[a-z0-9-]{1,50}$/;
const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;
const UNPRINTABLE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/u;

/** @throws {InvalidValue} saying what a username may look like */
export function parseUsername(text: string): Username {
  const username = text.toLowerCase();
  if (!USERNAME.test(username)) {
    throw new InvalidValue(
      text,
      'a username: 1–63 of a–z, 0–9, ".", "_", "-", beginning with a letter or digit',
    );
  }
  return username as Username;
}

/** Reads an organization's name as it stands in a path. @throws {InvalidValue} */
export function parseSlug(text: string): Slug {
  const slug = text.toLowerCase();
  if (!SLUG.test(slug)) {
    throw new InvalidValue(text, 'an organization name: 1–50 of a–z, 0–9, "-"');
  }
  return slug as Slug;
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
  if (text.length > 254 || !EMAIL.test(text) || UNPRINTABLE.test(text)) {
    throw new InvalidValue(text, 'an e-mail address of at most 254 characters');
  }
  return text as EmailAddress;
}

export function claimOf(email: EmailAddress): ClaimedEmail {
  return email.toLowerCase() as string as ClaimedEmail;
}

/** @throws {InvalidValue} */
export function parseDisplayText(text: string): DisplayText {
  const length = [...text].length;
  if (length < 1 || length > 100 || text.trim() === '' || UNPRINTABLE.test(text)) {
    throw new InvalidValue(text, '1–100 characters without control characters, not only spaces');
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
    .toLowerCase()
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[ßæœøłđðþı]/g, (letter) => PLAIN_LATIN[letter] ?? '')
    .replaceAll('&', ' and ')
    .replace(/['’]/g, '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
}
