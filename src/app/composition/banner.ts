import type { Config } from './config.ts';

/** What the service runs on, for whoever starts it. Shows no credentials. */
export function banner({ store, cache, apiKeys }: Config): string[] {
  return [
    `store  ${storeLine(store)}`,
    `cache  ${cacheLine(cache)}`,
    'auth   header: WARNING, whoever sends a username is believed; for development only',
    ...(apiKeys.length === 0 ? [] : [`keys   of the services ${servicesOf(apiKeys)}`]),
  ];
}

function servicesOf(keys: Config['apiKeys']): string {
  return [...new Set(keys.map(({ name }) => name))].join(', ');
}

function storeLine(store: Config['store']): string {
  switch (store.kind) {
    case 'memory':
      return 'memory: everything is gone when this process ends';
    case 'sqlite':
      return `sqlite, durable, in ${store.path}`;
    case 'postgres': {
      const { host, pathname } = new URL(store.url);
      return `postgres, ${pathname.slice(1)} at ${host}`;
    }
    case 'dynamodb':
      return `dynamodb, table ${store.tableName}${store.endpoint === undefined ? '' : ` at ${store.endpoint}`}`;
  }
}

function cacheLine(cache: Config['cache']): string {
  switch (cache.kind) {
    case 'none':
      return 'none: every read goes to the store';
    case 'memory':
      return 'memory, inside this process';
    case 'redis':
      return `redis at ${new URL(cache.url).host}, keys begin with ${cache.prefix}`;
    case 'momento':
      return `momento, cache ${cache.cacheName}${cache.access.kind === 'local' ? ` at ${cache.access.host}:${cache.access.port}, without TLS` : ''}`;
  }
}
