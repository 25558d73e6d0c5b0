import { escapeIdentifier } from 'pg';
import { SCHEMA } from './schema-names.ts';

const PROVISION = 'run `rollcall provision`';

/** The schema is not the one that this Rollcall works with; nothing was done to it. The message names what to do. */
export class SchemaMismatch extends Error {
  override readonly name = 'SchemaMismatch';
  /** `forbidden` = this role may not look at it. */
  readonly state: 'missing' | 'older' | 'newer' | 'forbidden';
  readonly what: string;
  readonly advice: string;

  static missing(): SchemaMismatch {
    return new SchemaMismatch('missing', 'there is none', PROVISION);
  }

  static older(found: number, needed: number): SchemaMismatch {
    return new SchemaMismatch('older', `version ${found}; this Rollcall needs ${needed}`, PROVISION);
  }

  static newer(found: number, loaded: number): SchemaMismatch {
    return new SchemaMismatch(
      'newer',
      `version ${found}; this Rollcall knows versions up to ${loaded}`,
      'use the Rollcall whose `rollcall provision` made it, or a later one',
    );
  }

  static forbidden(role: string): SchemaMismatch {
    return new SchemaMismatch('forbidden', `role ${role} may not use it`, `as its owner: ${grantsFor(role)}`);
  }

  private constructor(state: SchemaMismatch['state'], what: string, advice: string) {
    super(`schema ${SCHEMA}: ${what}; ${advice}`);
    this.state = state;
    this.what = `schema ${SCHEMA}: ${what}`;
    this.advice = advice;
  }
}

/** The server or the database cannot hold what Rollcall stores. The message names what to do. */
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

/** What lets a role that owns nothing run the service. */
export function grantsFor(role: string): string {
  const to = escapeIdentifier(role);
  return (
    `GRANT USAGE ON SCHEMA ${SCHEMA} TO ${to}; ` +
    `GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ${SCHEMA} TO ${to}`
  );
}
