import { SCHEMA } from '../schema-names.ts';

/**
 * The row of a stream holds its last sequence number. A transaction that appends locks this row until it commits, so the
 * numbers have no gaps and follow the order of the commits. Documents are of type json, which preserves the input text.
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
