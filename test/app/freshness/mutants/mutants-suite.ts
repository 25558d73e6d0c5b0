import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { explore } from '../schedules/explore.ts';
import type { Mutant } from './mutant.ts';

const MAX_SCHEDULES = 3000;
/** Fixed, so that the numbers in docs/freshness.md are reproducible. */
const SEED = 1;

const DOCUMENT = 'docs/freshness.md';
const documentLines = readFileSync(DOCUMENT, 'utf8').split('\n');

/** Each mutant must fail after as many schedules as docs/freshness.md lists. */
export function mutantsSuite(mutants: readonly Mutant[]): void {
  for (const { rule, overrides, violates } of mutants) {
    it(`violates a property in some schedule: ${rule}`, async function () {
      this.timeout(300_000);
      const { failure } = await explore({ runs: MAX_SCHEDULES, seed: SEED, shrinks: false, overrides });
      expect(failure, `failure within ${MAX_SCHEDULES} schedules`).not.to.equal(undefined);
      const property = failure?.violation.property;
      expect(violates).to.include(property);
      const row = `| ${rule} | ${failure?.schedulesRun.toLocaleString('en')} | ${property} |`;
      expect(documentLines, `rows of ${DOCUMENT}`).to.include(row);
    });
  }
}
