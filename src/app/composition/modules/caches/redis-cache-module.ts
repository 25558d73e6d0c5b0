import { ContainerModule, type ServiceIdentifier } from 'inversify';
import { RedisCache } from '../../../../adapters/caches/redis/redis-cache.ts';
import { RedisConnection } from '../../../../adapters/caches/redis/redis-connection.ts';
import { RedisDiagnosis } from '../../../../adapters/caches/redis/redis-diagnosis.ts';
import type { RedisSettings } from '../../config/config.ts';
import { TOKENS } from '../../tokens.ts';

const CONNECTION: ServiceIdentifier<RedisConnection> = Symbol('RedisConnection');

export function redisCacheModule({ target, prefix }: RedisSettings): ContainerModule {
  const { options, database } = target;
  return new ContainerModule(({ bind }) => {
    bind(CONNECTION)
      .toResolvedValue(
        (clock, ids) => new RedisConnection({ target: options, database, prefix, clock, ids }),
        [TOKENS.clock, TOKENS.ids],
      )
      .inSingletonScope()
      .onDeactivation((connection) => connection.close());
    bind(TOKENS.cache)
      .toResolvedValue(
        (connection, clock) => new RedisCache({ connection, prefix, clock }),
        [CONNECTION, TOKENS.clock],
      )
      .inSingletonScope();
    bind(TOKENS.cacheIdentity).toConstantValue({
      description: `${database === 0 ? 'redis' : `redis/${database}`} ${prefix}`,
      isPrivate: false,
      isAbsent: false,
    });
    bind(TOKENS.cacheDiagnosis)
      .toResolvedValue(
        (connection, clock) => new RedisDiagnosis(connection, clock),
        [CONNECTION, TOKENS.clock],
      )
      .inSingletonScope();
  });
}
