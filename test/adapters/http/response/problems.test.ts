import { expect } from 'chai';
import { problemOf, toApiError } from '../../../../src/adapters/http/response/problems.ts';
import {
  CacheUnavailable,
  OutcomeUnknown,
  StoreNotProvisioned,
  StoreUnavailable,
} from '../../../../src/ports/errors.ts';

const detailOf = (error: unknown) => problemOf(toApiError(error), 'request', 'challenge').body.detail;

describe('problems', () => {
  for (const [Unavailable, code] of [
    [StoreUnavailable, 'store_unavailable'],
    [StoreNotProvisioned, 'store_unavailable'],
    [CacheUnavailable, 'cache_unavailable'],
  ] as const) {
    it(`disclose no internals of ${Unavailable.name}`, () => {
      const error = new Unavailable('connect ECONNREFUSED 10.1.2.3:5432 for table users');
      const { status, headers, body } = problemOf(toApiError(error), 'request', 'challenge');
      expect([status, body.code]).to.deep.equal([503, code]);
      expect(headers['Retry-After']).to.equal('1');
      expect(body.detail)
        .to.be.a('string')
        .and.not.match(/10\.1|users|ECONN/);
    });
  }

  it('contain the message of an unknown outcome', () => {
    const message = 'The change was made, but may not be seen everywhere yet.';
    expect(detailOf(new OutcomeUnknown(message))).to.equal(message);
  });

  it('disclose nothing of an unexpected error', () => {
    expect(detailOf(new TypeError('x.y is not a function'))).not.to.include('x.y');
  });
});
