import { describePair } from './pair.ts';

describePair('memory', 'redis');
describePair('sqlite', 'redis');
for (const store of ['postgres', 'dynamodb']) {
  for (const cache of ['none', 'redis', 'momento']) describePair(store, cache);
}
describePair('pgbouncer', 'none');
