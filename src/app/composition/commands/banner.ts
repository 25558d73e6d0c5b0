import { describeTarget } from '../../../adapters/stores/postgres/url/database-url.ts';
import type { Config } from '../config/config.ts';

/** The lines that `serve` prints about its configuration. They contain no credentials. */
export function banner({ store, cache, apiKeys }: Config): string[] {
  return [
    `store  ${storeLine(store)}`,
    `cache  ${cacheLine(cache)}`,
    'auth   header: WARNING, any username sent is accepted without verification; for development only',
    ...(apiKeys.length === 0 ? [] : [`keys   for services: ${servicesOf(apiKeys)}`]),
  ];
}

function servicesOf(keys: Config['apiKeys']): string {
  return [...new Set(keys.map(({ name }) => name))].join(', ');
}

function storeLine(store: Config['store']): string {
  switch (store.kind) {
    case 'memory':
      return 'memory: all data is lost when this process ends';
    case 'sqlite':
      return `sqlite, durable, in ${store.path}`;
    case 'postgres':
      return `postgres, ${describeTarget(store.target)}`;
    case 'dynamodb':
      return `dynamodb, table ${store.tableName}${store.endpoint === undefined ? '' : ` at ${store.endpoint}`}`;
  }
}

function cacheLine(cache: Config['cache']): string {
  switch (cache.kind) {
    case 'none':
      return 'none: every read goes to the store';
    case 'memory':
      return 'memory, in this process';
    case 'redis':
      return `redis at ${new URL(cache.url).host}, key prefix ${cache.prefix}`;
    case 'momento':
      return `momento, cache ${cache.cacheName}${cache.access.kind === 'local' ? ` at ${cache.access.host}:${cache.access.port}, without TLS` : ''}`;
  }
}
