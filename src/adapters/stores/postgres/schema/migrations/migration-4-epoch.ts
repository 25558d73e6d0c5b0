import { SCHEMA } from '../schema-names.ts';

/** The epoch of the meta record, as JSON text: all of it is compared when it is replaced. */
export const EPOCH = `ALTER TABLE ${SCHEMA}.meta ADD COLUMN epoch text;`;
