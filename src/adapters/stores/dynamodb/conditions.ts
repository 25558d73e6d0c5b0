import type { Write } from '../../../domain/change.ts';
import type { Meta } from '../../../ports/user-store.ts';

/** A condition expression with the names and values that it uses. */
export interface Expression {
  readonly ConditionExpression: string;
  readonly ExpressionAttributeNames?: Record<string, string>;
  readonly ExpressionAttributeValues?: Record<string, unknown>;
}

export const NOTHING_THERE: Expression = { ConditionExpression: 'attribute_not_exists(PK)' };

/**
 * That a record is just what a change expects. Without a version it is what the tutorial wrote; every write of this
 * adapter gives it one, so this holds for one write only, whatever that was planned on: the version stands for the
 * `owners` too.
 */
export function asExpected({ exists, version }: Write['expected']): Expression {
  if (version === 0) {
    return exists
      ? {
          ConditionExpression: 'attribute_exists(PK) AND attribute_not_exists(#version)',
          ExpressionAttributeNames: { '#version': 'version' },
        }
      : NOTHING_THERE;
  }
  return {
    ConditionExpression: `#version = :version AND attribute_${exists ? 'not_exists' : 'exists'}(deletedAt)`,
    ExpressionAttributeNames: { '#version': 'version' },
    ExpressionAttributeValues: { ':version': version },
  };
}

/** That a stream ends with this event; 0 = that it is empty. */
export function endsWith(seq: number): Expression {
  if (seq === 0) return NOTHING_THERE;
  return {
    ConditionExpression: '#last = :last',
    ExpressionAttributeNames: { '#last': 'last' },
    ExpressionAttributeValues: { ':last': seq },
  };
}

/** That an idempotency record is absent, or has expired at this time. */
export function freeAt(time: string): Expression {
  return {
    ConditionExpression: 'attribute_not_exists(PK) OR expiresAtExact <= :at',
    ExpressionAttributeValues: { ':at': time },
  };
}

export function metaIs(expected: Meta | undefined): Expression {
  if (expected === undefined) return NOTHING_THERE;
  return {
    ConditionExpression: 'storeId = :storeId AND generation = :generation AND #cache = :cache',
    ExpressionAttributeNames: { '#cache': 'cache' },
    ExpressionAttributeValues: {
      ':storeId': expected.storeId,
      ':generation': expected.generation,
      ':cache': expected.cache,
    },
  };
}
