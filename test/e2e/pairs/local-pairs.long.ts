import { pair } from './pair.ts';

for (const store of ['memory', 'sqlite']) {
  for (const cache of ['none', 'memory', 'momento']) pair(store, cache);
}
