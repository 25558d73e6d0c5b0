import { expect } from 'chai';
import { UuidIds } from '../../../src/adapters/system/uuid-ids.ts';
import { valueTtl } from '../../../src/app/freshness/value-ttl.ts';
import { SETTINGS } from '../../support/fresh-stack.ts';

describe('valueTtl', () => {
  const settings = { ...SETTINGS, foundTtlMs: 1000, absentTtlMs: 100, ttlJitter: 0.1 };
  const drawing = (fraction: number) => Object.assign(new UuidIds(), { fraction: () => fraction });

  for (const { drawn, found, absent } of [
    { drawn: 0, found: 900, absent: 90 },
    { drawn: 0.25, found: 950, absent: 95 },
    { drawn: 0.5, found: 1000, absent: 100 },
    { drawn: 0.9999, found: 1100, absent: 110 },
  ]) {
    it(`is jittered symmetrically: ${found} ms for the random number ${drawn}`, () => {
      expect(valueTtl(true, settings, drawing(drawn))).to.equal(found);
      expect(valueTtl(false, settings, drawing(drawn))).to.equal(absent);
    });
  }

  it('is the configured TTL without jitter, and at least 1 ms', () => {
    expect(valueTtl(true, { ...settings, ttlJitter: 0 }, drawing(0))).to.equal(1000);
    expect(valueTtl(false, { ...settings, absentTtlMs: 1, ttlJitter: 1 }, drawing(0))).to.equal(1);
  });
});
