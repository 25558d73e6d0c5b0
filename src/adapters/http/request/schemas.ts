import { z } from 'zod';
import { InvalidValue } from '../../../domain/invalid-value.ts';
import { parseDisplayText, parseEmail, parseSlug, parseUsername, slugOf } from '../../../domain/names.ts';
import { PERMISSIONS } from '../../../domain/permissions.ts';
import { ROLES } from '../../../domain/role.ts';
import { MAX_KEYS } from '../../../ports/user-store.ts';

/** Text that a rule of the domain reads; its refusal becomes a mistake of this field. */
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

/** What is left out stays; `null` takes the e-mail address away. */
export const userEditBody = z.strictObject({
  firstName: text(parseDisplayText).optional(),
  lastName: text(parseDisplayText).optional(),
  email: text(parseEmail).nullable().optional(),
});

export const emailQuery = z.strictObject({ email: text(parseEmail) });

export const newOrganizationBody = z.strictObject({
  /** What stands in paths is made from it; as given it is what people see. */
  organizationName: text((given) => ({
    organizationName: slugOf(given),
    displayName: parseDisplayText(given),
  })),
});

export const organizationEditBody = z.strictObject({ displayName: text(parseDisplayText) });

export const transferBody = z.strictObject({ toUsername: username });

export const newMemberBody = z.strictObject({ memberUsername: username, role });

export const roleBody = z.strictObject({ role });

const MAX_CHECKS = 100;

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

const LIMIT = `a whole number from 1 to ${MAX_KEYS}`;

export const pageQuery = z.strictObject({
  limit: z
    .string()
    .refine(
      (given) => /^\d{1,3}$/.test(given) && Number(given) >= 1 && Number(given) <= MAX_KEYS,
      `not ${LIMIT}`,
    )
    .transform(Number)
    .default(50),
  cursor: z.string().optional(),
});

export const eventsQuery = pageQuery.extend({
  after: z
    .string()
    .regex(/^\d{1,15}$/, 'not a whole number from 0 up')
    .transform(Number)
    .optional(),
});
