/** Everything is named in full, so that no search path matters. */
export const SCHEMA = 'rollcall';
export const DEADLINE_FUNCTION = `${SCHEMA}.assert_not_after`;
export const MIGRATIONS_TABLE = `${SCHEMA}.schema_migrations`;
