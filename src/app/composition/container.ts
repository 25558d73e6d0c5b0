import 'reflect-metadata';
import { Container, type ContainerModule } from 'inversify';
import type { Config } from './config/config.ts';
import { appModule } from './modules/app-module.ts';
import { authModule } from './modules/auth/auth-module.ts';
import { httpModule } from './modules/http-module.ts';
import { systemModule } from './modules/system-module.ts';
import { pinoTelemetryModule } from './modules/telemetry/pino-telemetry-module.ts';

/** The service as configured, with one module for each chosen adapter. Nothing is opened before it is requested. */
export async function createContainer(config: Config): Promise<Container> {
  const container = new Container();
  container.load(
    systemModule(),
    pinoTelemetryModule(config),
    await storeModule(config),
    await cacheModule(config),
    authModule(config),
    appModule(config),
    httpModule(config),
  );
  return container;
}

// Imported only when chosen: some drivers take longer to load than everything else together.

async function storeModule({ store, cache, tombstoneTtlMs }: Config): Promise<ContainerModule> {
  switch (store.kind) {
    case 'memory': {
      const { memoryStoreModule } = await import('./modules/stores/memory-store-module.ts');
      return memoryStoreModule(tombstoneTtlMs);
    }
    case 'sqlite': {
      const { sqliteStoreModule } = await import('./modules/stores/sqlite-store-module.ts');
      return sqliteStoreModule({ path: store.path, tombstoneTtlMs, isShared: cache.kind !== 'memory' });
    }
    case 'postgres': {
      const { postgresStoreModule } = await import('./modules/stores/postgres-store-module.ts');
      return postgresStoreModule(store, tombstoneTtlMs);
    }
    case 'dynamodb': {
      const { dynamoStoreModule } = await import('./modules/stores/dynamo-store-module.ts');
      return dynamoStoreModule(store, tombstoneTtlMs);
    }
  }
}

async function cacheModule({ cache, freshness }: Config): Promise<ContainerModule> {
  switch (cache.kind) {
    case 'none': {
      const { noCacheModule } = await import('./modules/caches/no-cache-module.ts');
      return noCacheModule();
    }
    case 'memory': {
      const { memoryCacheModule } = await import('./modules/caches/memory-cache-module.ts');
      return memoryCacheModule();
    }
    case 'redis': {
      const { redisCacheModule } = await import('./modules/caches/redis-cache-module.ts');
      return redisCacheModule(cache);
    }
    case 'momento': {
      const { momentoCacheModule } = await import('./modules/caches/momento-cache-module.ts');
      return momentoCacheModule(cache, freshness.cacheTimeoutMs);
    }
  }
}
