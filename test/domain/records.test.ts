import { expect } from 'chai';
import fc from 'fast-check';
import { normalizeEmail, parseEmail, parseSlug, parseUsername } from '../../src/domain/names.ts';
import {
  emailKey,
  membershipKey,
  organizationKey,
  type RecordKey,
  recordId,
  requireLoaded,
  userKey,
} from '../../src/domain/records.ts';
import { absent, CARA, TOM, userNamed } from './builders.ts';

/** Few and short names, so that equal keys and keys with equal parts are frequent. */
const usernames = fc.stringMatching(/^[ab][ab.-]{0,2}$/).map(parseUsername);
const slugs = fc.stringMatching(/^[ab-]{1,3}$/).map(parseSlug);
const emails = fc
  .stringMatching(/^[ab:/]{1,2}@[ab:/]\.[ab]$/)
  .map((text) => normalizeEmail(parseEmail(text)));
const organizationIds = fc.oneof(
  slugs.map((slug) => `legacy:${slug}`),
  fc.stringMatching(/^org_[0-9a-f]{1,2}$/),
);
const keys: fc.Arbitrary<RecordKey> = fc.oneof(
  usernames.map(userKey),
  slugs.map(organizationKey),
  fc.tuple(slugs, usernames).map(([organization, username]) => membershipKey(organization, username)),
  emails.map(emailKey),
  fc
    .tuple(organizationIds, fc.stringMatching(/^inv_[0-9a-f]{1,2}$/))
    .map(([organizationId, id]) => ({ kind: 'invitation' as const, organizationId, id })),
);

describe('recordId', () => {
  it('is equal for equal keys and different for different ones', () => {
    fc.assert(
      fc.property(fc.array(keys, { size: 'max', minLength: 30, maxLength: 40 }), (some) => {
        const distinctKeys = new Set(some.map((key) => JSON.stringify(key)));
        const distinctIds = new Set(some.map(recordId));
        expect(distinctIds.size).to.equal(distinctKeys.size);
        expect(some.map((key) => recordId({ ...key }))).to.deep.equal(some.map(recordId));
      }),
    );
  });

  it('distinguishes records of different kinds with the same name', () => {
    const ids = [recordId(userKey(TOM)), recordId(organizationKey(parseSlug('tom')))];
    expect(ids).to.deep.equal(['user:tom', 'organization:tom']);
  });

  it('distinguishes memberships whose concatenated names are equal', () => {
    const ids = [
      ['a', 'b'],
      ['b', 'a'],
      ['ab', 'c'],
      ['a', 'bc'],
      ['a-b', 'c'],
      ['a', 'b-c'],
    ].map(([slug = '', username = '']) => recordId(membershipKey(parseSlug(slug), parseUsername(username))));
    expect(new Set(ids).size).to.equal(6);
  });
});

describe('requireLoaded', () => {
  const tom = { key: userKey(TOM), version: 4, record: userNamed(TOM) };

  it('returns the record of a key, present or absent', () => {
    const deleted = absent(userKey(CARA), 2);
    expect(requireLoaded([deleted, tom], userKey(TOM))).to.equal(tom);
    expect(requireLoaded([deleted, tom], userKey(CARA))).to.equal(deleted);
  });

  it('throws if the record was not loaded', () => {
    expect(() => requireLoaded([tom], userKey(CARA))).to.throw('The record user:cara was not loaded.');
  });
});
