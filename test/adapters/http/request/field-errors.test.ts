import { expect } from 'chai';
import fc from 'fast-check';
import { z } from 'zod';
import type { FieldError } from '../../../../src/adapters/http/errors.ts';
import { fieldErrorsOf } from '../../../../src/adapters/http/request/field-errors.ts';
import * as schemas from '../../../../src/adapters/http/request/schemas.ts';

const SCHEMAS = Object.entries(schemas).filter(
  (entry): entry is [string, z.ZodType & (typeof entry)[1]] => entry[1] instanceof z.ZodType,
);

/** What the validator would write itself. */
const VALIDATOR_WORDS = /Invalid|expected|received|Too (small|big)|Unrecognized|>=|<=/;

const errorsOf = (schema: z.ZodType, input: unknown, prefix = ''): readonly FieldError[] => {
  const parsed = schema.safeParse(input, { reportInput: true });
  return parsed.success ? [] : fieldErrorsOf(schema, parsed.error, prefix);
};
const messagesOf = (schema: z.ZodType, input: unknown): Readonly<Record<string, string>> =>
  Object.fromEntries(errorsOf(schema, input).map(({ path, message }) => [path, message]));

describe('field errors', () => {
  const check = { organization: 'acme', username: 'ann' };
  const ALLOWED = 'unknown field; allowed: organization, username, role, permission';
  const PERMISSIONS =
    'organization.read, organization.update, organization.delete, members.read, members.add, members.update, members.remove, owners.manage, invitations.manage, events.read';

  const KINDS: Readonly<Record<string, readonly [z.ZodType, unknown, Readonly<Record<string, string>>]>> = {
    'a missing string': [schemas.transferBody, {}, { toUsername: 'is missing' }],
    'a missing string in a query': [schemas.emailQuery, {}, { email: 'is missing' }],
    'a missing role': [schemas.roleBody, {}, { role: 'is missing' }],
    'a missing array': [schemas.checksBody, {}, { checks: 'is missing' }],
    'a number in place of a string': [
      schemas.transferBody,
      { toUsername: 5 },
      { toUsername: 'must be a string (given: 5)' },
    ],
    'null in place of a string': [
      schemas.transferBody,
      { toUsername: null },
      { toUsername: 'must be a string (given: null)' },
    ],
    'an object in place of a string': [
      schemas.transferBody,
      { toUsername: { secret: 1 } },
      { toUsername: 'must be a string (given: an object)' },
    ],
    'a string in place of an array': [
      schemas.checksBody,
      { checks: 'all' },
      { checks: 'must be an array (given: "all")' },
    ],
    'an array in place of an object': [
      schemas.checksBody,
      { checks: [[]] },
      { 'checks.0': 'must be an object (given: an array)' },
    ],
    'a body that is not an object': [
      schemas.roleBody,
      [{ role: 'Owner' }],
      { '': 'the body must be a JSON object (given: an array)' },
    ],
    'a value that is none of the allowed ones': [
      schemas.roleBody,
      { role: 'Boss' },
      { role: 'must be one of Owner, Admin, Member (given: "Boss")' },
    ],
    'another type in place of one of the allowed values': [
      schemas.checksBody,
      { checks: [{ ...check, permission: 7 }] },
      { 'checks.0.permission': `must be one of ${PERMISSIONS} (given: 7)` },
    ],
    'too few items': [
      schemas.checksBody,
      { checks: [] },
      { checks: 'must have at least 1 item (given: 0 items)' },
    ],
    'too many items': [
      schemas.checksBody,
      { checks: Array(101).fill(check) },
      { checks: 'must have at most 100 items (given: 101 items)' },
    ],
    'an unknown field': [
      schemas.checksBody,
      { checks: [{ ...check, user: 1 }] },
      { 'checks.0.user': ALLOWED },
    ],
    'an unknown field where none is allowed': [
      z.strictObject({}),
      { verbose: '1' },
      { verbose: 'unknown field; none is allowed here' },
    ],
    'a value that violates a rule of the domain': [
      schemas.transferBody,
      { toUsername: 'Not A Name' },
      {
        toUsername:
          '"Not A Name" is not a username: 1–63 of a–z, 0–9, ".", "_", "-", starting with a letter or digit',
      },
    ],
    'a number out of range': [
      schemas.pageQuery,
      { limit: '101' },
      { limit: '"101" is not a whole number from 1 to 100' },
    ],
    'a number that is not whole': [
      schemas.eventsQuery,
      { after: '1.5' },
      { after: '"1.5" is not a whole number from 0 to 999999999999999' },
    ],
  };
  for (const [kind, [schema, input, expected]] of Object.entries(KINDS)) {
    it(`names the field and what is expected: ${kind}`, () => {
      expect(messagesOf(schema, input)).to.deep.equal(expected);
    });
  }

  it('reports a repeated query parameter as such', () => {
    expect(errorsOf(schemas.emailQuery, { email: ['a@b.cd', 'c@d.ef'] }, 'query.')).to.deep.equal([
      { path: 'query.email', message: 'must be given only once' },
    ]);
  });

  it('calls an unknown part of the query a parameter', () => {
    expect(errorsOf(schemas.pageQuery, { page: '2' }, 'query.')).to.deep.equal([
      { path: 'query.page', message: 'unknown parameter; allowed: limit, cursor' },
    ]);
  });

  it('covers every kind of schema and every kind of issue that the schemas can produce', () => {
    const types = new Set(SCHEMAS.flatMap(([, schema]) => [...typesIn(schema)]));
    // `never` rejects the unknown fields of an object. A type that is not in this list can produce other issues.
    const wrappers = ['default', 'nullable', 'optional', 'pipe', 'transform'];
    expect([...types].sort()).to.deep.equal(
      ['array', 'enum', 'never', 'object', 'string', ...wrappers].sort(),
    );
    const codes = new Set<string>();
    for (const [schema, input] of Object.values(KINDS)) {
      for (const { code } of schema.safeParse(input).error?.issues ?? []) codes.add(code);
    }
    expect(codes).to.have.property('size', 6);
    for (const [name, schema] of SCHEMAS) {
      fc.assert(
        fc.property(inputFor(schema), (input) => {
          for (const { code } of schema.safeParse(input).error?.issues ?? []) {
            expect([...codes], name).to.include(code);
          }
        }),
      );
    }
  });

  for (const [name, schema] of SCHEMAS) {
    it(`never shows the validator's own words: ${name}`, () => {
      fc.assert(
        fc.property(inputFor(schema), (input) => {
          for (const { message } of errorsOf(schema, input)) {
            // What was given, or what is allowed, may contain any word.
            const words = message.replace(/\(given: .*\)$|^".*" is|; allowed: .*$|one of [\w., ]+/gs, '');
            expect(words).not.to.match(VALIDATOR_WORDS);
            expect(message).not.to.equal('');
          }
        }),
      );
    });
  }
});

/** The types of a schema and of all schemas inside it. */
function typesIn(schema: unknown, found = new Set<string>()): Set<string> {
  if (!(schema instanceof z.ZodType)) return found;
  const { def } = schema;
  found.add(def.type);
  for (const inner of [
    ...Object.values(def),
    ...Object.values('shape' in def ? (def.shape as object) : {}),
  ]) {
    typesIn(inner, found);
  }
  return found;
}

/** Objects with the schema's fields and others, with any JSON as values; or any JSON. */
function inputFor(schema: z.ZodType): fc.Arbitrary<unknown> {
  const fields = schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
  const check = fc.record(
    { organization: fc.jsonValue(), username: fc.string(), role: fc.string(), more: fc.jsonValue() },
    { requiredKeys: [] },
  );
  const value = fc.oneof(fc.jsonValue(), fc.string(), fc.array(check, { maxLength: 120 }));
  const object = fc.record(Object.fromEntries([...fields, 'unknown'].map((field) => [field, value])), {
    requiredKeys: [],
  });
  return fc.oneof(object, fc.jsonValue());
}
