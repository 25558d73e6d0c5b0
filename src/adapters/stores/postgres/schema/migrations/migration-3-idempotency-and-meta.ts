import { SCHEMA } from '../schema-names.ts';

export const IDEMPOTENCY_AND_META = `
CREATE TABLE ${SCHEMA}.idempotency (
  id           text COLLATE "C" PRIMARY KEY,
  fingerprint  text NOT NULL,
  response     json NOT NULL,
  changed_keys json NOT NULL CHECK (json_typeof(changed_keys) = 'array'),
  expires_at   timestamptz NOT NULL
);

CREATE INDEX idempotency_by_expiry ON ${SCHEMA}.idempotency (expires_at);

CREATE TABLE ${SCHEMA}.meta (
  is_only    boolean PRIMARY KEY DEFAULT true CHECK (is_only),
  store_id   text NOT NULL,
  generation bigint NOT NULL CHECK (generation > 0),
  cache      text NOT NULL
);
`;
