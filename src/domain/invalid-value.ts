import { Refusal } from './refusal.ts';

/** One value that breaks a rule of the domain; whoever reads a request knows the field it stands in. */
export class InvalidValue extends Refusal {
  readonly code = 'invalid_request';
  constructor(given: string, allowed: string) {
    super(`${JSON.stringify(excerpt(given))} is not ${allowed}`);
  }
}

/** What of a rejected value is worth showing back: its beginning. */
export function excerpt(text: string): string {
  const characters = [...text];
  return characters.length <= 40 ? text : `${characters.slice(0, 40).join('')}…`;
}
