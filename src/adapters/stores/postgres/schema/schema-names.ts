/** All names are schema-qualified, so the search path has no effect. */
export const SCHEMA = 'rollcall';
export const DEADLINE_FUNCTION = `${SCHEMA}.assert_not_after`;
export const MIGRATIONS_TABLE = `${SCHEMA}.schema_migrations`;
