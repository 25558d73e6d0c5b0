import type { CacheServer } from '../../../ports/epoch.ts';
import { CacheUnavailable } from '../../../ports/errors.ts';
import type { RedisInfo } from './redis-info.ts';

/** A Redis or Valkey process during one term as a primary, with the database and the prefix of the keys. */
export interface RedisServerIdentity {
  readonly id: CacheServer;
  readonly runId: string;
  readonly replicationId: string;
  readonly previousReplicationId: string | undefined;
}

const REPLICATION_ID_LENGTH = 40;
const ID = /^[0-9a-f]{40}$/;
const CONSTANT = /^(.)\1*$/;

/**
 * A process keeps its run id through failover and failback. The replication id is new with every promotion, but a replica
 * has the one of its primary. Only both together never repeat.
 * @throws {CacheUnavailable} the server is not a usable primary
 */
export function identityOf(info: RedisInfo, database: number, prefix: string): RedisServerIdentity {
  const { product, mode, role, runId, replicationId, previousReplicationId } = info;
  if (mode === 'sentinel') {
    throw new CacheUnavailable(
      `this server is a ${product} Sentinel; REDIS_URL must point to the primary, or be a redis+sentinel:// URL`,
    );
  }
  if (!isUnique(runId)) throw unidentified('run_id', runId);
  if (role !== 'master') {
    throw new CacheUnavailable(
      `this ${product} server is a replica, whose data may be stale; REDIS_URL must point to the primary`,
    );
  }
  if (!isUnique(replicationId)) throw unidentified('master_replid', replicationId);
  if (info.isLoading) throw new CacheUnavailable(`the ${product} server is loading its data`);
  return {
    id: `${replicationId} redis ${runId} ${database} ${prefix}`,
    runId,
    replicationId,
    previousReplicationId,
  };
}

/** Whether two servers are the same process, database and prefix, in any term. */
export function isSameProcess(one: CacheServer, other: CacheServer): boolean {
  return one === other || one.slice(REPLICATION_ID_LENGTH) === other.slice(REPLICATION_ID_LENGTH);
}

/** Whether a server was promoted to replace the other one. */
export function succeeds({ previousReplicationId }: RedisServerIdentity, other: CacheServer): boolean {
  return isUnique(previousReplicationId) && other.startsWith(`${previousReplicationId} `);
}

function isUnique(id: string | undefined): id is string {
  return id !== undefined && ID.test(id) && !CONSTANT.test(id);
}

function unidentified(field: string, value: string | undefined): CacheUnavailable {
  const report =
    value === undefined ? `does not report a ${field} in INFO` : `reports ${field}:${value} in INFO`;
  return new CacheUnavailable(
    `the server ${report}, where 40 hexadecimal digits are expected; REDIS_URL must point to a Redis or Valkey server`,
  );
}
