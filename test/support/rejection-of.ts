import { expect } from 'chai';

type ErrorClass<E> = abstract new (...args: never[]) => E;

/** The error that a promise rejects with, which must be of this class. Fails the test if the promise resolves. */
export async function rejectionOf<E extends Error = Error>(
  promise: Promise<unknown>,
  type: ErrorClass<E> | ErrorConstructor = Error,
): Promise<E> {
  const error = await promise.then(
    () => expect.fail('the promise was expected to reject, but it resolved'),
    (reason: unknown) => reason,
  );
  expect(error).to.be.instanceOf(type);
  return error as E;
}
