import { DEADLINE_FUNCTION, SCHEMA } from '../schema-names.ts';

/**
 * A row is a record or the tombstone of a deleted record: key, version and expiry. There are no foreign keys between records,
 * because the memberships of a deleted user or organization remain until they are swept. Names are compared and sorted by
 * code units, independently of the collation of the database.
 */
export const RECORDS = `
CREATE TABLE ${SCHEMA}.users (
  username   text COLLATE "C" PRIMARY KEY CHECK (username ~ '^[a-z0-9][a-z0-9._-]{0,62}$'),
  version    bigint NOT NULL CHECK (version > 0),
  id         text COLLATE "C",
  first_name text,
  last_name  text,
  email      text,
  status     text CHECK (status IN ('active', 'suspended')),
  owner_of   jsonb CHECK (jsonb_typeof(owner_of) = 'array'),
  created_at timestamptz,
  updated_at timestamptz,
  deleted_at timestamptz,
  kept_until timestamptz,
  CONSTRAINT users_live_or_tombstone CHECK (CASE WHEN deleted_at IS NULL
    THEN num_nulls(id, first_name, last_name, status, owner_of, created_at, updated_at) = 0 AND kept_until IS NULL
    ELSE num_nonnulls(id, first_name, last_name, email, status, owner_of, created_at, updated_at) = 0
         AND kept_until IS NOT NULL END)
);

CREATE TABLE ${SCHEMA}.organizations (
  name          text COLLATE "C" PRIMARY KEY CHECK (name ~ '^[a-z0-9-]{1,50}$'),
  version       bigint NOT NULL CHECK (version > 0),
  id            text COLLATE "C",
  display_name  text,
  founding_user text COLLATE "C",
  status        text CHECK (status IN ('active', 'suspended')),
  owners        text[],
  created_at    timestamptz,
  updated_at    timestamptz,
  deleted_at    timestamptz,
  kept_until    timestamptz,
  CONSTRAINT organizations_live_or_tombstone CHECK (CASE WHEN deleted_at IS NULL
    THEN num_nulls(id, display_name, founding_user, status, owners, created_at, updated_at) = 0
         AND kept_until IS NULL
    ELSE num_nonnulls(id, display_name, founding_user, status, owners, created_at, updated_at) = 0
         AND kept_until IS NOT NULL END)
);

CREATE TABLE ${SCHEMA}.memberships (
  organization_name text COLLATE "C" CHECK (organization_name ~ '^[a-z0-9-]{1,50}$'),
  username          text COLLATE "C" CHECK (username ~ '^[a-z0-9][a-z0-9._-]{0,62}$'),
  version           bigint NOT NULL CHECK (version > 0),
  organization_id   text COLLATE "C",
  user_id           text COLLATE "C",
  role              text CHECK (role IN ('Owner', 'Admin', 'Member')),
  created_at        timestamptz,
  updated_at        timestamptz,
  deleted_at        timestamptz,
  kept_until        timestamptz,
  PRIMARY KEY (organization_name, username),
  CONSTRAINT memberships_live_or_tombstone CHECK (CASE WHEN deleted_at IS NULL
    THEN num_nulls(organization_id, user_id, role, created_at, updated_at) = 0 AND kept_until IS NULL
    ELSE num_nonnulls(organization_id, user_id, role, created_at, updated_at) = 0
         AND kept_until IS NOT NULL END)
);

CREATE TABLE ${SCHEMA}.email_claims (
  email      text COLLATE "C" PRIMARY KEY,
  version    bigint NOT NULL CHECK (version > 0),
  username   text COLLATE "C",
  user_id    text COLLATE "C",
  deleted_at timestamptz,
  kept_until timestamptz,
  CONSTRAINT email_claims_live_or_tombstone CHECK (CASE WHEN deleted_at IS NULL
    THEN num_nulls(username, user_id) = 0 AND kept_until IS NULL
    ELSE num_nonnulls(username, user_id) = 0 AND kept_until IS NOT NULL END)
);

CREATE TABLE ${SCHEMA}.invitations (
  organization_id   text COLLATE "C",
  id                text COLLATE "C",
  version           bigint NOT NULL CHECK (version > 0),
  organization_name text COLLATE "C",
  email             text,
  role              text CHECK (role IN ('Owner', 'Admin', 'Member')),
  token_hash        text,
  invited_by        text COLLATE "C",
  expires_at        timestamptz,
  created_at        timestamptz,
  deleted_at        timestamptz,
  kept_until        timestamptz,
  PRIMARY KEY (organization_id, id),
  CONSTRAINT invitations_live_or_tombstone CHECK (CASE WHEN deleted_at IS NULL
    THEN num_nulls(organization_name, email, role, token_hash, invited_by, expires_at, created_at) = 0
         AND kept_until IS NULL
    ELSE num_nonnulls(organization_name, email, role, token_hash, invited_by, expires_at, created_at) = 0
         AND kept_until IS NOT NULL END)
);

-- One index for each list, of what is listed only: tombstones cost a page nothing.
CREATE INDEX memberships_of_organization ON ${SCHEMA}.memberships (organization_name, username)
  WHERE deleted_at IS NULL;
CREATE INDEX memberships_of_user ON ${SCHEMA}.memberships (username, organization_name)
  WHERE deleted_at IS NULL;
CREATE INDEX invitations_of_organization ON ${SCHEMA}.invitations (organization_id, id)
  WHERE deleted_at IS NULL;

-- What may be swept.
CREATE INDEX user_tombstones ON ${SCHEMA}.users (kept_until) WHERE kept_until IS NOT NULL;
CREATE INDEX organization_tombstones ON ${SCHEMA}.organizations (kept_until) WHERE kept_until IS NOT NULL;
CREATE INDEX membership_tombstones ON ${SCHEMA}.memberships (kept_until) WHERE kept_until IS NOT NULL;
CREATE INDEX email_tombstones ON ${SCHEMA}.email_claims (kept_until) WHERE kept_until IS NOT NULL;
CREATE INDEX invitation_tombstones ON ${SCHEMA}.invitations (kept_until) WHERE kept_until IS NOT NULL;

CREATE FUNCTION ${DEADLINE_FUNCTION}(deadline timestamptz) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF clock_timestamp() > deadline THEN
    RAISE EXCEPTION 'the deadline has passed' USING ERRCODE = 'query_canceled';
  END IF;
END $$;
-- PUBLIC has this privilege unless an administrator has revoked it.
GRANT EXECUTE ON FUNCTION ${DEADLINE_FUNCTION} TO PUBLIC;
`;
