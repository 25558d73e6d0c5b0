import { expect } from 'chai';
import fc from 'fast-check';
import { type Group, PendingGroups } from '../../../src/app/freshness/pending-groups.ts';
import { parseUsername } from '../../../src/domain/names.ts';
import { type Loaded, type RecordKey, recordId, userKey } from '../../../src/domain/records.ts';

const key = (name: string | number): RecordKey => userKey(parseUsername(`u${name}`));
const group = (...names: (string | number)[]): Group => names.map(key);
const loaded = (name: string | number, version = 1): Loaded => ({
  key: key(name),
  version,
  record: undefined,
});
const ids = (keys: readonly RecordKey[]) => keys.map(recordId);

describe('PendingGroups', () => {
  it('returns the groups in the requested order, each in the order of its keys', () => {
    const pending = new PendingGroups([group('b', 'a'), group('c'), group('a', 'c')]);
    pending.answerFrom([loaded('c'), loaded('a'), loaded('b')]);
    expect(pending.answers().map((answer) => ids(answer.map((one) => one.key)))).to.deep.equal([
      ['user:ub', 'user:ua'],
      ['user:uc'],
      ['user:ua', 'user:uc'],
    ]);
    expect(pending.keys()).to.deep.equal([]);
    expect(pending.snapshots()).to.deep.equal([]);
  });

  it('answers a group only from records of one instant', () => {
    const pending = new PendingGroups([group('a', 'b')]);
    pending.answerFrom([loaded('a', 1)]);
    pending.answerFrom([loaded('b', 2)]);
    expect(ids(pending.keys())).to.deep.equal(['user:ua', 'user:ub']);
    expect(() => pending.answers()).to.throw('user:ua user:ub has not been read');
    pending.answerFrom([loaded('a', 3), loaded('b', 3)]);
    expect(pending.answers()).to.deep.equal([[loaded('a', 3), loaded('b', 3)]]);
  });

  it('keeps the first answer of a group', () => {
    const pending = new PendingGroups([group('a'), group('a', 'b')]);
    pending.answerFrom([loaded('a', 1)]);
    pending.answerFrom([loaded('a', 2), loaded('b', 2)]);
    expect(pending.answers()).to.deep.equal([[loaded('a', 1)], [loaded('a', 2), loaded('b', 2)]]);
  });

  it('lists each pending key once and reads equal groups once', () => {
    const pending = new PendingGroups([group('a', 'b'), group('b', 'c'), group('a', 'b')]);
    expect(ids(pending.keys())).to.deep.equal(['user:ua', 'user:ub', 'user:uc']);
    expect(pending.snapshots().map(ids)).to.deep.equal([['user:ua', 'user:ub', 'user:uc']]);
    pending.answerFrom([loaded('a'), loaded('b')]);
    expect(ids(pending.keys())).to.deep.equal(['user:ub', 'user:uc']);
    pending.answerFrom([loaded('b'), loaded('c')]);
    const [first, , again] = pending.answers();
    expect(again).to.equal(first);
  });

  it('fills each snapshot up to 100 keys before it starts another one', () => {
    const groups = Array.from({ length: 100 }, (_, i) => group('me', `${i}a`, `${i}b`, `${i}c`));
    const sizes = new PendingGroups(groups).snapshots().map(({ length }) => length);
    expect(sizes).to.deep.equal([100, 100, 100, 4]);
  });

  it('never splits a group, and makes snapshots of at most 100 distinct keys', () => {
    const groups = fc.array(
      fc.uniqueArray(fc.nat({ max: 300 }), { minLength: 1, maxLength: 60, size: 'max' }),
      { minLength: 1, maxLength: 20, size: 'max' },
    );
    fc.assert(
      fc.property(groups, (numbers) => {
        const asked = numbers.map((some) => group(...some));
        const snapshots = new PendingGroups(asked).snapshots().map(ids);
        for (const snapshot of snapshots) {
          expect(snapshot.length).to.be.within(1, 100);
          expect(new Set(snapshot).size).to.equal(snapshot.length);
        }
        for (const one of asked) {
          const whole = snapshots.some((snapshot) => ids(one).every((id) => snapshot.includes(id)));
          expect(whole, ids(one).join(' ')).to.equal(true);
        }
      }),
      { numRuns: 50 },
    );
  });
});
