import { escapeIdentifier } from 'pg';
import { SCHEMA } from './schema-names.ts';

const PROVISION = 'run `rollcall provision`';

/** The schema is missing, or this version of Rollcall does not support it. It was not changed. The message includes the remedy. */
export class SchemaMismatch extends Error {
  override readonly name = 'SchemaMismatch';
  /** `forbidden` = this role has no access to it. */
  readonly state: 'missing' | 'older' | 'newer' | 'forbidden';
  readonly what: string;
  readonly advice: string;

  static missing(): SchemaMismatch {
    return new SchemaMismatch('missing', 'not found', PROVISION);
  }

  static older(found: number, needed: number): SchemaMismatch {
    return new SchemaMismatch('older', `version ${found}; this Rollcall needs ${needed}`, PROVISION);
  }

  static newer(found: number, loaded: number): SchemaMismatch {
    return new SchemaMismatch(
      'newer',
      `version ${found}; this Rollcall supports versions up to ${loaded}`,
      'use the Rollcall version whose `rollcall provision` created it, or a later one',
    );
  }

  static forbidden(role: string): SchemaMismatch {
    return new SchemaMismatch('forbidden', `role ${role} has no access`, `as its owner: ${grantsFor(role)}`);
  }

  private constructor(state: SchemaMismatch['state'], what: string, advice: string) {
    super(`schema ${SCHEMA}: ${what}; ${advice}`);
    this.state = state;
    this.what = `schema ${SCHEMA}: ${what}`;
    this.advice = advice;
  }
}

/** The server or the database does not meet the requirements of Rollcall. The message includes the remedy. */
export class UnfitServer extends Error {
  override readonly name = 'UnfitServer';
  readonly what: string;
  readonly advice: string;

  constructor(what: string, advice: string) {
    super(`${what}; ${advice}`);
    this.what = what;
    this.advice = advice;
  }
}

/** The statements that allow a role without ownership of the schema to run the service. */
export function grantsFor(role: string): string {
  const to = escapeIdentifier(role);
  return (
    `GRANT USAGE ON SCHEMA ${SCHEMA} TO ${to}; ` +
    `GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ${SCHEMA} TO ${to}`
  );
}
