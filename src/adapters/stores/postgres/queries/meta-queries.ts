import { isDeepStrictEqual } from 'node:util';
import type { Meta } from '../../../../ports/user-store.ts';
import type { Row, Statement } from '../connection/postgres-session.ts';
import { SCHEMA } from '../schema/schema-names.ts';

export const META: Statement = {
  text: `SELECT 'meta' AS kind, to_json(m) AS row FROM ${SCHEMA}.meta m`,
};

export const LOCK_META: Statement = { text: `${META.text} FOR UPDATE` };

export function metaFrom({ store_id, generation, cache, store_server, failover }: Row): Meta {
  return {
    storeId: String(store_id),
    generation: Number(generation),
    cache: String(cache),
    ...(store_server === null ? {} : { storeServer: String(store_server) }),
    ...(failover === null ? {} : { failover: failover as NonNullable<Meta['failover']> }),
  };
}

/** @param exists whether the record exists and is locked */
export function putMeta(
  { storeId, generation, cache, storeServer, failover }: Meta,
  exists: boolean,
): Statement {
  return {
    text: exists
      ? `UPDATE ${SCHEMA}.meta SET store_id = $1, generation = $2, cache = $3, store_server = $4, failover = $5`
      : `INSERT INTO ${SCHEMA}.meta (store_id, generation, cache, store_server, failover)
         VALUES ($1, $2, $3, $4, $5)`,
    values: [storeId, generation, cache, storeServer ?? null, failover ? JSON.stringify(failover) : null],
  };
}

export function isSameMeta(one: Meta | undefined, other: Meta | undefined): boolean {
  return isDeepStrictEqual(one, other);
}
