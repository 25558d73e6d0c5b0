import { expect } from 'chai';
import { changeOf, isAsExpected, put, remove, versionAfter, written } from '../../src/domain/change.ts';
import { type Loaded, organizationKey, userKey } from '../../src/domain/records.ts';
import { ACME, absent, CARA, NOW, organizationAcme, TOM, userNamed } from './builders.ts';

const tom = { key: userKey(TOM), version: 4, record: userNamed(TOM) };
const cara = { key: userKey(CARA), version: 5, record: userNamed(CARA) };
const acme = { key: organizationKey(ACME), version: 6, record: organizationAcme() };

describe('a write', () => {
  it('expects the record as it was known, and leaves the next version', () => {
    const record = userNamed(TOM, { status: 'suspended' });
    const write = put(tom, record);
    expect(write).to.deep.equal({ key: tom.key, expected: { exists: true, version: 4 }, record });
    expect(versionAfter(write)).to.equal(5);
    expect(written(write)).to.deep.equal({ record, version: 5 });
  });

  it('of a record that never existed expects it to be absent at version 0 and makes version 1', () => {
    const write = put(absent(userKey(TOM)), userNamed(TOM));
    expect(write.expected).to.deep.equal({ exists: false, version: 0 });
    expect(versionAfter(write)).to.equal(1);
  });

  it('of a deleted record goes on from the version of its tombstone', () => {
    const write = put(absent(userKey(TOM), 7), userNamed(TOM));
    expect(write.expected).to.deep.equal({ exists: false, version: 7 });
    expect(versionAfter(write)).to.equal(8);
  });

  it('of a record of the tutorial, which has no version, expects it to exist at version 0', () => {
    expect(put({ ...tom, version: 0 }, tom.record).expected).to.deep.equal({ exists: true, version: 0 });
  });

  it('that removes leaves no record, at the next version', () => {
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
  it('holds for just the state it was taken from: existence and version both count', () => {
    for (const taken of states) {
      const { expected } = remove(taken);
      for (const current of states) {
        expect(isAsExpected(expected, current)).to.equal(current === taken);
      }
    }
  });
});

describe('a change', () => {
  const parts = { at: NOW, writes: [], preconditions: [], events: [] };

  it('makes every live record that it relied on a condition, at the version that was known', () => {
    const { conditions } = changeOf({ ...parts, preconditions: [tom, acme] });
    expect(conditions).to.deep.equal([
      { key: tom.key, version: 4 },
      { key: acme.key, version: 6 },
    ]);
  });

  it('has no condition for a record that it writes, since the write expects it already', () => {
    const writes = [put(tom, userNamed(TOM)), remove(acme)];
    const change = changeOf({ ...parts, writes, preconditions: [tom, cara, acme] });
    expect(change.writes).to.equal(writes);
    expect(change.conditions).to.deep.equal([{ key: cara.key, version: 5 }]);
  });

  it('knows a written record by its key, not by its looks', () => {
    const { conditions } = changeOf({
      ...parts,
      writes: [put({ ...tom, key: { ...tom.key } }, tom.record)],
      preconditions: [tom],
    });
    expect(conditions).to.deep.equal([]);
  });

  it('has no condition for a record that is absent, which no store could lock', () => {
    expect(
      changeOf({ ...parts, preconditions: [absent(tom.key), absent(cara.key, 3)] }).conditions,
    ).to.deep.equal([]);
  });

  it('makes nothing of a part that nobody plays, as where a service asks in its own name', () => {
    expect(changeOf({ ...parts, preconditions: [undefined, tom] }).conditions).to.have.length(1);
  });

  it('names a record once that it relied on twice, as when the caller is the member in question', () => {
    const { conditions } = changeOf({ ...parts, preconditions: [tom, cara, { ...tom }] });
    expect(conditions).to.deep.equal([
      { key: tom.key, version: 4 },
      { key: cara.key, version: 5 },
    ]);
  });

  it('carries its time and its events, and no idempotency record of its own', () => {
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
