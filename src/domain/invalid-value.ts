import { DomainError } from './domain-error.ts';

/** A value that violates a rule of the domain. The code that reads the request adds the name of the field. */
export class InvalidValue extends DomainError {
  readonly code = 'invalid_request';
  constructor(given: string, expected: string) {
    super(`${quoted(given)} is not ${expected}`);
  }
}

/** The beginning of a rejected value, for an error message: at most 40 characters. */
export function excerpt(text: string): string {
  const characters = [...text];
  return characters.length <= 40 ? text : `${characters.slice(0, 40).join('')}…`;
}

/** The beginning of a value in quotes, with all characters escaped that could disturb a terminal or a log. */
export function quoted(given: string): string {
  return JSON.stringify(excerpt(given)).replace(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`,
  );
}
