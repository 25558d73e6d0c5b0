import { privateCacheMutantsSuite } from './private-caches-mutants.ts';
import { privateCachesSuite } from './private-caches-suite.ts';

describe('memory caches of several instances on one store', () => {
  privateCachesSuite(100);
  privateCacheMutantsSuite({ elusive: false });
});
