import type { EventStream } from '../../../../domain/event.ts';
import type { OrganizationId } from '../../../../domain/ids.ts';
import type { Slug, Username } from '../../../../domain/names.ts';
import type { RecordKind } from '../../../../domain/records.ts';
import type { PageRequest } from '../../../../ports/user-store.ts';
import type { Statement } from '../connection/postgres-session.ts';
import { SCHEMA } from '../schema/schema-names.ts';
import { TABLES } from './tables.ts';

/**
 * A page starts after the last name of the previous page, so that every page is one short index scan. The query requests one row
 * more than the page holds: its presence shows that another page follows.
 */
function pageOf(kind: RecordKind, owner: string, name: string, of: string, page: PageRequest): Statement {
  return {
    text: `SELECT '${kind}' AS kind, to_json(t) AS row FROM ${TABLES[kind].name} t
           WHERE t.${owner} = $1 AND t.${name} > $2 AND t.deleted_at IS NULL
           ORDER BY t.${name} LIMIT $3`,
    values: [of, page.after ?? '', page.limit + 1],
  };
}

export function membershipsOfOrganization(organization: Slug, page: PageRequest): Statement {
  return pageOf('membership', 'organization_name', 'username', organization, page);
}

export function membershipsOfUser(username: Username, page: PageRequest): Statement {
  return pageOf('membership', 'username', 'organization_name', username, page);
}

export function invitationsOf(organization: OrganizationId, page: PageRequest): Statement {
  return pageOf('invitation', 'organization_id', 'id', organization, page);
}

/** @param after the parts of the last key; empty = from the beginning */
export function allOfKind(kind: RecordKind, after: readonly string[], limit: number): Statement {
  const { name, keys } = TABLES[kind];
  const columns = keys.map((column) => `t.${column}`).join(', ');
  const start = keys.map((_, index) => `$${index + 2}`).join(', ');
  return {
    text: `SELECT '${kind}' AS kind, to_json(t) AS row FROM ${name} t
           WHERE (${columns}) > (${start}) ORDER BY ${columns} LIMIT $1`,
    values: [limit + 1, ...keys.map((_, index) => after[index] ?? '')],
  };
}

export function eventsOf({ kind, id }: EventStream, after: number, limit: number): Statement {
  return {
    text: `SELECT 'event' AS kind, to_json(e) AS row FROM ${SCHEMA}.events e
           WHERE e.stream_kind = $1 AND e.stream_id = $2 AND e.seq > $3
           ORDER BY e.seq LIMIT $4`,
    values: [kind, id, after, limit],
  };
}

/** Finds no record that has expired at `now`. */
export function idempotencyRecord(id: string, now: string): Statement {
  return {
    text: `SELECT 'idempotency' AS kind, to_json(i) AS row FROM ${SCHEMA}.idempotency i WHERE i.id = $1 AND i.expires_at > $2`,
    values: [id, now],
  };
}
