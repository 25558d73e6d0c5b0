import type { Write } from '../../../domain/change.ts';
import type { Meta } from '../../../ports/meta-store.ts';

/** A condition expression with the names and values that it uses. */
export interface Expression {
  readonly ConditionExpression: string;
  readonly ExpressionAttributeNames?: Record<string, string>;
  readonly ExpressionAttributeValues?: Record<string, unknown>;
}

export const ITEM_ABSENT: Expression = { ConditionExpression: 'attribute_not_exists(PK)' };

/**
 * Holds while a record is as the change expects it. A live legacy item has no version and counts as version 0; the
 * first write gives it one, so at most one write can be planned on version 0. The version covers `owners` as well.
 */
export function versionMatches({ exists, version }: Write['expected']): Expression {
  if (version === 0) {
    return exists
      ? {
          ConditionExpression: 'attribute_exists(PK) AND attribute_not_exists(#version)',
          ExpressionAttributeNames: { '#version': 'version' },
        }
      : ITEM_ABSENT;
  }
  return {
    ConditionExpression: `#version = :version AND attribute_${exists ? 'not_exists' : 'exists'}(deletedAt)`,
    ExpressionAttributeNames: { '#version': 'version' },
    ExpressionAttributeValues: { ':version': version },
  };
}

/** Holds while this is the last event of a stream; 0 = while the stream is empty. */
export function lastSeqIs(seq: number): Expression {
  if (seq === 0) return ITEM_ABSENT;
  return {
    ConditionExpression: '#last = :last',
    ExpressionAttributeNames: { '#last': 'last' },
    ExpressionAttributeValues: { ':last': seq },
  };
}

/** Holds while an idempotency record is absent or has expired at this time. */
export function absentOrExpiredAt(time: string): Expression {
  return {
    ConditionExpression: 'attribute_not_exists(PK) OR expiresAtExact <= :at',
    ExpressionAttributeValues: { ':at': time },
  };
}

/** Holds while the meta record equals this one; `undefined` = while it is absent. */
export function metaEquals(expected: Meta | undefined): Expression {
  if (expected === undefined) return ITEM_ABSENT;
  const { storeId, generation, cache, epoch } = expected;
  const epochEquals = epoch === undefined ? 'attribute_not_exists(epoch)' : 'epoch = :epoch';
  return {
    ConditionExpression: `storeId = :storeId AND generation = :generation AND #cache = :cache AND ${epochEquals}`,
    ExpressionAttributeNames: { '#cache': 'cache' },
    ExpressionAttributeValues: {
      ':storeId': storeId,
      ':generation': generation,
      ':cache': cache,
      ...(epoch === undefined ? {} : { ':epoch': JSON.stringify(epoch) }),
    },
  };
}
