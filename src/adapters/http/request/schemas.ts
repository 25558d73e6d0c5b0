import { z } from 'zod';
import { InvalidValue } from '../../../domain/invalid-value.ts';
import { parseDisplayText, parseEmail, parseSlug, parseUsername, slugOf } from '../../../domain/names.ts';
import { PERMISSIONS } from '../../../domain/permissions.ts';
import { ROLES } from '../../../domain/role.ts';
import { MAX_KEYS } from '../../../ports/user-store.ts';

/** Text that is parsed by a rule of the domain. A violation of the rule becomes an error of this field. */
function text<T>(parse: (given: string) => T) {
  return z.string().transform((given, context): T => {
    try {
      return parse(given);
    } catch (error) {
      if (!(error instanceof InvalidValue)) throw error;
      context.addIssue({ code: 'custom', message: error.message });
      return z.NEVER;
    }
  });
}

const username = text(parseUsername);
const role = z.enum(ROLES);

export const newUserBody = z.strictObject({
  username,
  firstName: text(parseDisplayText),
  lastName: text(parseDisplayText),
  email: text(parseEmail).optional(),
});

/** Absent fields stay unchanged; `null` removes the e-mail address. */
export const userEditBody = z.strictObject({
  firstName: text(parseDisplayText).optional(),
  lastName: text(parseDisplayText).optional(),
  email: text(parseEmail).nullable().optional(),
});

export const emailQuery = z.strictObject({ email: text(parseEmail) });

export const newOrganizationBody = z.strictObject({
  /** The slug is derived from it; as given, it is the display name. */
  organizationName: text((given) => ({
    organizationName: slugOf(given),
    displayName: parseDisplayText(given),
  })),
});

export const organizationEditBody = z.strictObject({ displayName: text(parseDisplayText) });

export const transferBody = z.strictObject({ toUsername: username });

export const newMemberBody = z.strictObject({ memberUsername: username, role });

export const roleBody = z.strictObject({ role });

/** Maximum number of checks in one request. */
const MAX_CHECKS = 100;
const DEFAULT_LIMIT = 50;
/** The largest number of 15 digits, which a JavaScript number represents exactly. */
const MAX_SEQUENCE_NUMBER = 999_999_999_999_999;

export const checksBody = z.strictObject({
  checks: z
    .array(
      z.strictObject({
        organization: text(parseSlug),
        username,
        role: role.optional(),
        permission: z.enum(PERMISSIONS).optional(),
      }),
    )
    .min(1)
    .max(MAX_CHECKS),
});

export const userPath = z.strictObject({ username });

export const organizationPath = z.strictObject({ organization: text(parseSlug) });

export const memberPath = organizationPath.extend(userPath.shape);

/** @throws {InvalidValue} */
function parseWholeNumber(given: string, min: number, max: number): number {
  const number = Number(given);
  const isDigits = /^\d+$/.test(given) && given.length <= String(max).length;
  if (!isDigits || number < min || number > max) {
    throw new InvalidValue(given, `a whole number from ${min} to ${max}`);
  }
  return number;
}

export const pageQuery = z.strictObject({
  limit: text((given) => parseWholeNumber(given, 1, MAX_KEYS)).default(DEFAULT_LIMIT),
  cursor: z.string().optional(),
});

export const eventsQuery = pageQuery.extend({
  after: text((given) => parseWholeNumber(given, 0, MAX_SEQUENCE_NUMBER)).optional(),
});
