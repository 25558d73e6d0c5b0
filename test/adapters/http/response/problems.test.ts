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
    it(`tell of ${Unavailable.name} no more than a client needs`, () => {
      const error = new Unavailable('connect ECONNREFUSED 10.1.2.3:5432 for table users');
      const { status, headers, body } = problemOf(toApiError(error), 'request', 'challenge');
      expect([status, body.code]).to.deep.equal([503, code]);
      expect(headers['Retry-After']).to.equal('1');
      expect(body.detail)
        .to.be.a('string')
        .and.not.match(/10\.1|users|ECONN/);
    });
  }

  it('tell of an outcome that is not known what is known of it', () => {
    const told = 'The change was made, but may not be seen everywhere yet.';
    expect(detailOf(new OutcomeUnknown(told))).to.equal(told);
  });

  it('say nothing of a mistake of ours', () => {
    expect(detailOf(new TypeError('x.y is not a function'))).not.to.include('x.y');
  });
});
