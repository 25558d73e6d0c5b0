import { expect } from 'chai';

/** What it rejects with. */
export const failureOf = (promise: Promise<unknown>): Promise<Error> =>
  promise.then(
    () => expect.fail('it should have failed'),
    (error: unknown) => error as Error,
  );
