import { isDeepStrictEqual } from 'node:util';
import type { StoreServer } from '../../../../ports/epoch.ts';
import type { Meta, MetaAnswer } from '../../../../ports/meta-store.ts';
import type { Row, Statement } from '../connection/postgres-session.ts';
import { WAL_FILE } from '../database/evidence.ts';
import { SCHEMA } from '../schema/schema-names.ts';

/** The server that answers, and the record if it exists. */
export const META: Statement = {
  text: `SELECT 'meta' AS kind, json_build_object(
      'system', (SELECT system_identifier::text FROM pg_control_system()),
      'timeline', left(${WAL_FILE}, 8), 'meta', (SELECT to_json(m) FROM ${SCHEMA}.meta m)) AS row`,
};

export const LOCK_META: Statement = {
  text: `SELECT 'meta' AS kind, to_json(m) AS row FROM ${SCHEMA}.meta m FOR UPDATE`,
};

export function metaAnswerFrom({ system, timeline, meta }: Row): MetaAnswer {
  const answeredBy: StoreServer = `postgresql ${String(system)}/${String(timeline)}`;
  return { meta: meta === null ? undefined : metaFrom(meta as Row), answeredBy };
}

export function metaFrom({ store_id, generation, cache, epoch }: Row): Meta {
  const meta = { storeId: String(store_id), generation: Number(generation), cache: String(cache) };
  return epoch === null ? meta : { ...meta, epoch: JSON.parse(String(epoch)) };
}

/** @param exists whether there is a record, which then is locked */
export function putMeta({ storeId, generation, cache, epoch }: Meta, exists: boolean): Statement {
  return {
    text: exists
      ? `UPDATE ${SCHEMA}.meta SET store_id = $1, generation = $2, cache = $3, epoch = $4`
      : `INSERT INTO ${SCHEMA}.meta (store_id, generation, cache, epoch) VALUES ($1, $2, $3, $4)`,
    values: [storeId, generation, cache, epoch === undefined ? null : JSON.stringify(epoch)],
  };
}

export function isSameMeta(one: Meta | undefined, other: Meta | undefined): boolean {
  return isDeepStrictEqual(one, other);
}
