import type { Meta } from '../../../../ports/user-store.ts';
import type { Row, Statement } from '../connection/postgres-session.ts';
import { SCHEMA } from '../schema/schema-names.ts';

export const META: Statement = {
  text: `SELECT 'meta' AS kind, to_json(m) AS row FROM ${SCHEMA}.meta m`,
};

export const LOCK_META: Statement = { text: `${META.text} FOR UPDATE` };

export function metaFrom({ store_id, generation, cache }: Row): Meta {
  return { storeId: String(store_id), generation: Number(generation), cache: String(cache) };
}

/** @param isThere whether there is one, and it is locked */
export function putMeta({ storeId, generation, cache }: Meta, isThere: boolean): Statement {
  return {
    text: isThere
      ? `UPDATE ${SCHEMA}.meta SET store_id = $1, generation = $2, cache = $3`
      : `INSERT INTO ${SCHEMA}.meta (store_id, generation, cache) VALUES ($1, $2, $3)`,
    values: [storeId, generation, cache],
  };
}

export function isSameMeta(one: Meta | undefined, other: Meta | undefined): boolean {
  return (
    one?.storeId === other?.storeId && one?.generation === other?.generation && one?.cache === other?.cache
  );
}
