import { describePair } from './pair.ts';

for (const store of ['memory', 'sqlite']) {
  for (const cache of ['none', 'memory', 'momento']) describePair(store, cache);
}
