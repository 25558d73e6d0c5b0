import { SCHEMA } from '../schema-names.ts';

export const STORE_SERVER = `
ALTER TABLE ${SCHEMA}.meta
  ADD COLUMN store_server text,
  ADD COLUMN failover json;
`;
