import { expect } from 'chai';
import { changeOf, isAsExpected, put, remove, versionAfter, written } from '../../src/domain/change.ts';
import { type Loaded, organizationKey, userKey } from '../../src/domain/records.ts';
import { ACME, absent, CARA, NOW, organizationAcme, TOM, userNamed } from './builders.ts';

const tom = { key: userKey(TOM), version: 4, record: userNamed(TOM) };
const cara = { key: userKey(CARA), version: 5, record: userNamed(CARA) };
const acme = { key: organizationKey(ACME), version: 6, record: organizationAcme() };

describe('a write', () => {
  it('expects the loaded version and creates the next one', () => {
    const record = userNamed(TOM, { status: 'suspended' });
    const write = put(tom, record);
    expect(write).to.deep.equal({ key: tom.key, expected: { exists: true, version: 4 }, record });
    expect(versionAfter(write)).to.equal(5);
    expect(written(write)).to.deep.equal({ record, version: 5 });
  });

  it('of a record that never existed expects it to be absent at version 0 and creates version 1', () => {
    const write = put(absent(userKey(TOM)), userNamed(TOM));
    expect(write.expected).to.deep.equal({ exists: false, version: 0 });
    expect(versionAfter(write)).to.equal(1);
  });

  it('of a deleted record continues the version of its tombstone', () => {
    const write = put(absent(userKey(TOM), 7), userNamed(TOM));
    expect(write.expected).to.deep.equal({ exists: false, version: 7 });
    expect(versionAfter(write)).to.equal(8);
  });

  it('of a legacy record without a version expects it to exist at version 0', () => {
    expect(put({ ...tom, version: 0 }, tom.record).expected).to.deep.equal({ exists: true, version: 0 });
  });

  it('that deletes has no record and creates the next version', () => {
    const write = remove(tom);
    expect(write).to.deep.equal({
      key: tom.key,
      expected: { exists: true, version: 4 },
      record: undefined,
    });
    expect(versionAfter(write)).to.equal(5);
  });
});

describe('an expectation', () => {
  const states: readonly Loaded[] = [absent(tom.key), absent(tom.key, 4), { ...tom, version: 0 }, tom];
  it('holds only for the state it was made from: existence and version must match', () => {
    for (const loaded of states) {
      const { expected } = remove(loaded);
      for (const current of states) {
        expect(isAsExpected(expected, current)).to.equal(current === loaded);
      }
    }
  });
});

describe('a change', () => {
  const parts = { at: NOW, writes: [], preconditions: [], events: [] };

  it('has a condition for each existing precondition, at the loaded version', () => {
    const { conditions } = changeOf({ ...parts, preconditions: [tom, acme] });
    expect(conditions).to.deep.equal([
      { key: tom.key, version: 4 },
      { key: acme.key, version: 6 },
    ]);
  });

  it('has no condition for a record that it writes, because the write expects a version already', () => {
    const writes = [put(tom, userNamed(TOM)), remove(acme)];
    const change = changeOf({ ...parts, writes, preconditions: [tom, cara, acme] });
    expect(change.writes).to.equal(writes);
    expect(change.conditions).to.deep.equal([{ key: cara.key, version: 5 }]);
  });

  it('compares records by key, not by identity', () => {
    const { conditions } = changeOf({
      ...parts,
      writes: [put({ ...tom, key: { ...tom.key } }, tom.record)],
      preconditions: [tom],
    });
    expect(conditions).to.deep.equal([]);
  });

  it('has no condition for an absent record, which no store could lock', () => {
    expect(
      changeOf({ ...parts, preconditions: [absent(tom.key), absent(cara.key, 3)] }).conditions,
    ).to.deep.equal([]);
  });

  it('ignores an undefined precondition, as for a service that acts for itself', () => {
    expect(changeOf({ ...parts, preconditions: [undefined, tom] }).conditions).to.have.length(1);
  });

  it('has one condition for a repeated precondition, as when the caller is the target', () => {
    const { conditions } = changeOf({ ...parts, preconditions: [tom, cara, { ...tom }] });
    expect(conditions).to.deep.equal([
      { key: tom.key, version: 4 },
      { key: cara.key, version: 5 },
    ]);
  });

  it('has its time and its events, and no idempotency record', () => {
    const event = {
      streams: [{ kind: 'user' as const, id: 'user_tom' }],
      type: 'user.updated' as const,
      actor: { type: 'anonymous' as const },
      subject: { type: 'user' as const, username: TOM },
      changes: { firstName: {} },
      version: 5,
      at: NOW,
    };
    expect(changeOf({ ...parts, events: [event] })).to.deep.equal({
      at: NOW,
      writes: [],
      conditions: [],
      events: [event],
    });
  });
});
