import type { Config } from './config.ts';

/** What the service runs on, for whoever starts it. */
export function banner({ store, cache }: Config): string[] {
  return [
    `store  ${store.kind === 'sqlite' ? `sqlite, durable, in ${store.path}` : 'memory: everything is gone when this process ends'}`,
    `cache  ${cache.kind === 'memory' ? 'memory, inside this process' : 'none: every read goes to the store'}`,
    'auth   header: WARNING, whoever sends a username is believed; for development only',
  ];
}
