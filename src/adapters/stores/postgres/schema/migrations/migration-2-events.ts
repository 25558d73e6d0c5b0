import { SCHEMA } from '../schema-names.ts';

/**
 * A stream's row holds its last number, and is locked by whoever appends until that one commits: so numbers have no holes
 * and stand in the order of the commits. Documents are of type json, which keeps them as they were given.
 */
export const EVENTS = `
CREATE TABLE ${SCHEMA}.event_streams (
  kind     text COLLATE "C" CHECK (kind IN ('organization', 'user')),
  id       text COLLATE "C",
  last_seq bigint NOT NULL CHECK (last_seq > 0),
  PRIMARY KEY (kind, id)
) WITH (fillfactor = 50); -- a page keeps room for the next number, and the index is left alone

CREATE TABLE ${SCHEMA}.events (
  stream_kind text COLLATE "C",
  stream_id   text COLLATE "C",
  seq         bigint CHECK (seq > 0),
  type        text NOT NULL,
  actor       json NOT NULL,
  subject     json NOT NULL,
  changes     json NOT NULL,
  version     bigint NOT NULL,
  at          timestamptz NOT NULL,
  PRIMARY KEY (stream_kind, stream_id, seq),
  FOREIGN KEY (stream_kind, stream_id) REFERENCES ${SCHEMA}.event_streams (kind, id)
);
`;
