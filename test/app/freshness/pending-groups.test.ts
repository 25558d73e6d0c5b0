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

describe('groups that are being read', () => {
  it('are answered in the order in which they were asked for, each in the order of its keys', () => {
    const open = new PendingGroups([group('b', 'a'), group('c'), group('a', 'c')]);
    open.answerFrom([loaded('c'), loaded('a'), loaded('b')]);
    expect(open.answers().map((answer) => ids(answer.map((one) => one.key)))).to.deep.equal([
      ['user:ub', 'user:ua'],
      ['user:uc'],
      ['user:ua', 'user:uc'],
    ]);
    expect(open.keys()).to.deep.equal([]);
    expect(open.snapshots()).to.deep.equal([]);
  });

  it('are answered from one instant only: two halves of two instants answer nothing', () => {
    const open = new PendingGroups([group('a', 'b')]);
    open.answerFrom([loaded('a', 1)]);
    open.answerFrom([loaded('b', 2)]);
    expect(ids(open.keys())).to.deep.equal(['user:ua', 'user:ub']);
    expect(() => open.answers()).to.throw('user:ua user:ub has not been read');
    open.answerFrom([loaded('a', 3), loaded('b', 3)]);
    expect(open.answers()).to.deep.equal([[loaded('a', 3), loaded('b', 3)]]);
  });

  it('keep their first answer', () => {
    const open = new PendingGroups([group('a'), group('a', 'b')]);
    open.answerFrom([loaded('a', 1)]);
    open.answerFrom([loaded('a', 2), loaded('b', 2)]);
    expect(open.answers()).to.deep.equal([[loaded('a', 1)], [loaded('a', 2), loaded('b', 2)]]);
  });

  it('name each key once while it is needed, and equal groups are read once', () => {
    const open = new PendingGroups([group('a', 'b'), group('b', 'c'), group('a', 'b')]);
    expect(ids(open.keys())).to.deep.equal(['user:ua', 'user:ub', 'user:uc']);
    expect(open.snapshots().map(ids)).to.deep.equal([['user:ua', 'user:ub', 'user:uc']]);
    open.answerFrom([loaded('a'), loaded('b')]);
    expect(ids(open.keys())).to.deep.equal(['user:ub', 'user:uc']);
    open.answerFrom([loaded('b'), loaded('c')]);
    const [first, , again] = open.answers();
    expect(again).to.equal(first);
  });

  it('fill snapshots of 100 keys to the brim before they begin another one', () => {
    const groups = Array.from({ length: 100 }, (_, i) => group('me', `${i}a`, `${i}b`, `${i}c`));
    const sizes = new PendingGroups(groups).snapshots().map(({ length }) => length);
    expect(sizes).to.deep.equal([100, 100, 100, 4]);
  });

  it('are put into snapshots that hold each of them whole, with at most 100 keys, none twice', () => {
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
