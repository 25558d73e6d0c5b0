import { expect } from 'chai';
import { type Change, isAsExpected } from '../../src/domain/change.ts';
import { type Loaded, type RecordKey, recordId } from '../../src/domain/records.ts';

/** The change of a plan that must have one. */
export function requireChange({ change }: { readonly change?: Change }): Change {
  if (change === undefined) return expect.fail('the plan has no change');
  const ids = [...change.writes, ...change.conditions].map(({ key }) => recordId(key));
  expect(ids, 'each key once').to.deep.equal([...new Set(ids)]);
  return change;
}

/** The record that a change writes for a loaded one, which must be its precondition. */
export function writtenRecord<Key extends RecordKey>(
  change: Change,
  loaded: Loaded<Key>,
): Loaded<Key>['record'] {
  const write = change.writes.find(({ key }) => recordId(key) === recordId(loaded.key));
  if (write === undefined) return expect.fail(`${recordId(loaded.key)} is not written`);
  expect(isAsExpected(write.expected, loaded), `precondition of ${recordId(loaded.key)}`).to.equal(true);
  return write.record as Loaded<Key>['record'];
}

/** The ids of the written records, and of those that are preconditions only. */
export function recordIds({ writes, conditions }: Change): { writes: string[]; conditions: string[] } {
  return {
    writes: writes.map(({ key }) => recordId(key)).sort(),
    conditions: conditions.map(({ key }) => recordId(key)).sort(),
  };
}
