import { pair } from './pair.ts';

pair('memory', 'redis');
pair('sqlite', 'redis');
for (const store of ['postgres', 'dynamodb']) {
  for (const cache of ['none', 'redis', 'momento']) pair(store, cache);
}
pair('pgbouncer', 'none');
