import { expect } from 'chai';
import { writesOf } from '../../../../src/adapters/stores/postgres/queries/change-statements.ts';
import {
  inOrder,
  lockRecords,
  selectRecords,
} from '../../../../src/adapters/stores/postgres/queries/record-queries.ts';
import { parseUsername } from '../../../../src/domain/names.ts';
import { organizationKey, userKey } from '../../../../src/domain/records.ts';
import {
  aChange,
  anEvent,
  anOrganization,
  aUser,
  create,
  organizationStream,
  samples,
  userStream,
} from '../../../support/accounts.ts';

describe('the statements of a change', () => {
  const user = (name: string) => aUser({ username: parseUsername(name) });
  const key = (name: string) => userKey(parseUsername(name));

  it('lock written records and conditions together, in the order of the keys', () => {
    const organization = anOrganization();
    const ofOrganization = organizationKey(organization.organizationName);
    const change = aChange(
      [create(ofOrganization, organization), create(key('d'), user('d')), create(key('a'), user('a'))],
      {
        conditions: [
          { key: key('c'), version: 1 },
          { key: key('b'), version: 1 },
          { key: key('e'), version: 1 },
        ],
      },
    );
    const { text, values } = lockRecords(change) ?? { text: '' };
    expect(values).to.deep.equal(
      [[['a']], [['b', 'c']], [['d']], [['e']], [[organization.organizationName]]].flat(),
    );
    expect(text.match(/FOR (UPDATE|SHARE)/g)).to.deep.equal([
      'FOR UPDATE',
      'FOR SHARE',
      'FOR UPDATE',
      'FOR SHARE',
      'FOR UPDATE',
    ]);
  });

  it('lock nothing if the change has neither writes nor conditions on records', () => {
    expect(lockRecords(aChange([], { events: [anEvent([userStream()])] }))).to.equal(undefined);
  });

  it('insert in the order of the keys, and append events by stream, in their order within each stream', () => {
    const [one, other] = [organizationStream('org_b'), userStream('user_a')];
    const events = [anEvent([other, one], { version: 1 }), anEvent([one], { version: 2 })];
    const change = aChange([create(key('b'), user('b')), create(key('a'), user('a'))], { events });
    const statements = writesOf(change, false, 1000);
    expect(statements.slice(0, 2).map(({ values = [] }) => values.includes('a'))).to.deep.equal([
      true,
      false,
    ]);
    expect(statements.slice(2).map(({ values = [] }) => [values[1], values[6]])).to.deep.equal([
      ['org_b', 1],
      ['org_b', 2],
      ['user_a', 1],
    ]);
  });

  it('pass user input only as parameters', () => {
    const records = samples();
    const change = aChange(records.map((sample) => create(sample.key, sample.first)));
    const texts = [
      ...writesOf(change, false, 1000).map(({ text }) => text),
      lockRecords(change)?.text ?? '',
      selectRecords(records.map((sample) => sample.key)).text,
    ].join();
    const inputs = records
      .flatMap(({ first }) => Object.values(first))
      .filter((value) => typeof value === 'string');
    for (const value of inputs.filter((one) => one.length > 8)) expect(texts).to.not.contain(value);
  });

  it('order keys by kind and then by code units', () => {
    const keys = [...samples().map((sample) => sample.key), key('a_'), key('aa'), key('a.'), key('a-')];
    const ordered = keys
      .toSorted(inOrder)
      .map((one) => ('username' in one && one.kind === 'user' ? one.username : one.kind));
    expect(ordered.filter((name) => name.length === 2)).to.deep.equal(['a-', 'a.', 'a_', 'aa']);
    expect(ordered.slice(-4)).to.deep.equal(['organization', 'membership', 'email', 'invitation']);
  });
});
