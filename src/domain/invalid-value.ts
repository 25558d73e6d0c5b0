import { DomainError } from './domain-error.ts';

/** One value that breaks a rule of the domain; whoever reads a request knows the field it stands in. */
export class InvalidValue extends DomainError {
  readonly code = 'invalid_request';
  constructor(given: string, allowed: string) {
    super(`${quoted(given)} is not ${allowed}`);
  }
}

/** What of a rejected value is worth showing back: its beginning. */
export function excerpt(text: string): string {
  const characters = [...text];
  return characters.length <= 40 ? text : `${characters.slice(0, 40).join('')}…`;
}

/** In quotes, with everything escaped that could disturb a terminal or a log. */
function quoted(given: string): string {
  return JSON.stringify(excerpt(given)).replace(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`,
  );
}
