import { ContainerModule, type ServiceIdentifier } from 'inversify';
import { RedisCache } from '../../../../adapters/caches/redis/redis-cache.ts';
import { RedisConnection } from '../../../../adapters/caches/redis/redis-connection.ts';
import { RedisDiagnosis } from '../../../../adapters/caches/redis/redis-diagnosis.ts';
import { TOKENS } from '../../tokens.ts';

const CONNECTION: ServiceIdentifier<RedisConnection> = Symbol('RedisConnection');

export function redisCacheModule({ url, prefix }: { url: string; prefix: string }): ContainerModule {
  return new ContainerModule(({ bind }) => {
    bind(CONNECTION)
      .toResolvedValue((ids) => new RedisConnection(url, ids), [TOKENS.ids])
      .inSingletonScope()
      .onDeactivation((connection) => connection.close());
    bind(TOKENS.cache)
      .toResolvedValue(
        (connection, clock) => new RedisCache({ connection, prefix, clock }),
        [CONNECTION, TOKENS.clock],
      )
      .inSingletonScope();
    bind(TOKENS.cacheIdentity).toConstantValue({
      description: `${databaseOf(url)} ${prefix}`,
      isPrivate: false,
    });
    bind(TOKENS.cacheDiagnosis)
      .toResolvedValue(
        (connection, clock) => new RedisDiagnosis(connection, clock),
        [CONNECTION, TOKENS.clock],
      )
      .inSingletonScope();
  });
}

/** The numbered databases of one server share no keys. The host is left out: instances may use different names for it. */
function databaseOf(url: string): string {
  const database = Number(new URL(url).pathname.slice(1));
  return database === 0 ? 'redis' : `redis/${database}`;
}
