import { MUTANTS } from './mutants.ts';
import { mutantsSuite } from './mutants-suite.ts';

describe('the freshness protocol with one rule disabled', () => {
  mutantsSuite(MUTANTS.filter(({ needsManySchedules }) => !needsManySchedules));
});
