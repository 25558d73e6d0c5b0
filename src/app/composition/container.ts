import 'reflect-metadata';
import { Container, type ContainerModule } from 'inversify';
import type { Config } from './config.ts';
import { appModule } from './modules/app-module.ts';
import { headerAuthModule } from './modules/header-auth-module.ts';
import { httpModule } from './modules/http-module.ts';
import { memoryCacheModule } from './modules/memory-cache-module.ts';
import { memoryStoreModule } from './modules/memory-store-module.ts';
import { noCacheModule } from './modules/no-cache-module.ts';
import { redisCacheModule } from './modules/redis-cache-module.ts';
import { sqliteStoreModule } from './modules/sqlite-store-module.ts';
import { systemModule } from './modules/system-module.ts';

/** The service as configured: one module for each adapter that was chosen. Nothing is opened before it is asked for. */
export function createContainer(config: Config): Container {
  const container = new Container();
  container.load(
    systemModule(config),
    storeModule(config),
    cacheModule(config),
    headerAuthModule(),
    appModule(config),
    httpModule(config),
  );
  return container;
}

function storeModule({ store, tombstoneTtlMs }: Config): ContainerModule {
  switch (store.kind) {
    case 'memory':
      return memoryStoreModule();
    case 'sqlite':
      return sqliteStoreModule(store.path, tombstoneTtlMs);
  }
}

function cacheModule({ cache }: Config): ContainerModule {
  switch (cache.kind) {
    case 'none':
      return noCacheModule();
    case 'memory':
      return memoryCacheModule();
    case 'redis':
      return redisCacheModule(cache);
  }
}
