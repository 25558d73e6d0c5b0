import { expect } from 'chai';
import { DomainError } from '../../src/domain/domain-error.ts';

/** The code of the domain error that a call throws. */
export function errorCode(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    if (error instanceof DomainError) return error.code;
    throw error;
  }
  return expect.fail('no domain error was thrown');
}

/** How a call fails, the cause in words, and what the scenario of that cause changes in a valid one. */
export interface Failure<Scenario> {
  readonly code: string;
  readonly cause: string;
  readonly scenario: Scenario;
}

/** Tests that each failure has its code, also in combination with any or all of the later ones. */
export function itFailsInThisOrder<Scenario extends object>(
  call: (scenario: Scenario) => unknown,
  failures: readonly Failure<Scenario>[],
): void {
  failures.forEach((first, i) => {
    it(`fails with ${first.code} if ${first.cause}, before any later check`, () => {
      const codeOf = (scenario: Scenario) => errorCode(() => call(scenario));
      expect(codeOf(first.scenario), 'only that').to.equal(first.code);
      let all = first.scenario;
      for (const { cause, scenario } of failures.slice(i + 1)) {
        expect(codeOf({ ...scenario, ...first.scenario }), `and ${cause}`).to.equal(first.code);
        all = { ...scenario, ...all };
        expect(codeOf(all), `and everything up to ${cause}`).to.equal(first.code);
      }
    });
  });
}
