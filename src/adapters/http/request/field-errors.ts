import { z } from 'zod';
import { excerpt, quoted } from '../../../domain/invalid-value.ts';
import { type FieldError, MISSING } from '../errors.ts';

type Issue = z.core.$ZodIssue;

const TYPE_NAMES: Readonly<Record<string, string>> = {
  string: 'a string',
  array: 'an array',
  object: 'an object',
};

/**
 * The errors of a schema as errors of fields, in Rollcall's words: the validator's own texts are never shown.
 * @param error the result of `safeParse` with `reportInput`
 * @param prefix `path.`, `query.`, or empty for the body
 */
export function fieldErrorsOf(schema: z.ZodType, error: z.ZodError, prefix: string): FieldError[] {
  return error.issues.flatMap((issue) => {
    if (issue.code === 'unrecognized_keys') return unknownFields(schema, issue, prefix);
    const path = prefix + issue.path.join('.');
    return [{ path, message: path === '' ? bodyMessage(issue) : messageOf(issue, prefix) }];
  });
}

function unknownFields(
  schema: z.ZodType,
  { path, keys }: z.core.$ZodIssueUnrecognizedKeys,
  prefix: string,
): FieldError[] {
  const allowed = fieldsAt(schema, path);
  const kind = prefix === 'query.' ? 'parameter' : 'field';
  const message =
    allowed.length > 0
      ? `unknown ${kind}; allowed: ${allowed.join(', ')}`
      : `unknown ${kind}; none is allowed here`;
  return keys.map((key) => ({ path: prefix + [...path, excerpt(key)].join('.'), message }));
}

/** The fields that a schema allows in the object at this path. */
function fieldsAt(schema: unknown, [step, ...further]: readonly PropertyKey[]): readonly string[] {
  if (schema instanceof z.ZodArray) return fieldsAt(schema.element, further);
  if (!(schema instanceof z.ZodObject)) return [];
  return step === undefined ? Object.keys(schema.shape) : fieldsAt(schema.shape[String(step)], further);
}

function bodyMessage(issue: Issue): string {
  return issue.code === 'invalid_type'
    ? `the body must be a JSON object (given: ${shown(issue.input)})`
    : messageOf(issue, '');
}

function messageOf(issue: Issue, prefix: string): string {
  switch (issue.code) {
    case 'custom':
      return issue.message;
    case 'invalid_type':
      if (issue.input === undefined) return MISSING;
      if (prefix === 'query.' && Array.isArray(issue.input)) return 'must be given only once';
      return `must be ${TYPE_NAMES[issue.expected] ?? issue.expected} (given: ${shown(issue.input)})`;
    case 'invalid_value':
      if (issue.input === undefined) return MISSING;
      return `must be one of ${issue.values.join(', ')} (given: ${shown(issue.input)})`;
    case 'too_small':
      return `must have at least ${items(issue.minimum)} (given: ${size(issue.input)})`;
    case 'too_big':
      return `must have at most ${items(issue.maximum)} (given: ${size(issue.input)})`;
    default:
      return `is not valid (given: ${shown(issue.input)})`;
  }
}

function items(count: number | bigint): string {
  return `${count} item${count === 1 ? '' : 's'}`;
}

function size(value: unknown): string {
  return Array.isArray(value) ? items(value.length) : shown(value);
}

/** A value in a message: the beginning of a text, and no contents of arrays and objects. */
function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'object' && value !== null) return 'an object';
  return typeof value === 'string' ? quoted(value) : excerpt(String(value));
}
