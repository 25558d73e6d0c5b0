import { expect } from 'chai';
import {
  absentOrExpiredAt,
  lastSeqIs,
  metaEquals,
  versionMatches,
} from '../../../../src/adapters/stores/dynamodb/conditions.ts';
import {
  eventFrom,
  type Item,
  idempotencyFrom,
  idempotencyItem,
  loadedFrom,
  metaFrom,
  metaItem,
  recordItem,
  tombstone,
} from '../../../../src/adapters/stores/dynamodb/items.ts';
import { addressOf, keyAt, mirrorAddress } from '../../../../src/adapters/stores/dynamodb/keys.ts';
import { transactionSteps } from '../../../../src/adapters/stores/dynamodb/transaction.ts';
import type { IdempotencyRecord } from '../../../../src/domain/change.ts';
import type { NormalizedEmail } from '../../../../src/domain/names.ts';
import { emailKey, type KeyOf } from '../../../../src/domain/records.ts';
import {
  aChange,
  anEvent,
  anInvitation,
  create,
  erase,
  KINDS,
  keyOfInvitation,
  organizationStream,
  SAMPLES,
  userStream,
} from '../../../support/accounts.ts';

const DAY_MS = 86_400_000;

describe('DynamoDB items', () => {
  for (const kind of KINDS) {
    it(`store a record of kind ${kind} with its version`, () => {
      const { key, first } = SAMPLES[kind]();
      const item = recordItem(key, first, 7);
      expect(item).to.deep.include({ ...addressOf(key), version: 7 });
      expect(loadedFrom(key, item)).to.deep.equal({ key, version: 7, record: first });
      expect(keyAt(item)).to.deep.equal(key);
    });

    it(`store the tombstone of a record of kind ${kind} with a TTL`, () => {
      const { key } = SAMPLES[kind]();
      const item = tombstone(key, 8, '2026-01-01T00:00:00.001Z', DAY_MS);
      expect(item).to.deep.equal({
        ...addressOf(key),
        version: 8,
        deletedAt: '2026-01-01T00:00:00.001Z',
        expiresAt: Date.parse('2026-01-02T00:00:01.000Z') / 1000,
      });
      expect(loadedFrom(key, item)).to.deep.equal({ key, version: 8, record: undefined });
    });
  }

  it('that do not exist are read as absent records at version 0', () => {
    const { key } = SAMPLES.user();
    expect(loadedFrom(key, undefined)).to.deep.equal({ key, version: 0, record: undefined });
  });

  it('store the exact expiry of an invitation, and a TTL that is never earlier', () => {
    const invitation = anInvitation({ expiresAt: '2026-01-01T00:00:00.001Z' });
    const item = recordItem(keyOfInvitation(invitation), invitation, 1);
    expect(item.expiresAtExact).to.equal('2026-01-01T00:00:00.001Z');
    expect(item.expiresAt).to.equal(Date.parse('2026-01-01T00:00:01.000Z') / 1000);
  });

  it('store idempotency records, meta records and events', () => {
    const record: IdempotencyRecord = {
      id: 'user:ann:1',
      fingerprint: 'f',
      response: { big: 1e21, none: null, list: [] },
      changedKeys: [SAMPLES.user().key],
      expiresAt: '2026-01-01T00:00:00.000Z',
    };
    expect(idempotencyItem(record).expiresAt).to.equal(Date.parse(record.expiresAt) / 1000);
    expect(idempotencyFrom(idempotencyItem(record))).to.deep.equal(record);
    const meta = { storeId: 's', generation: 3, cache: 'none' };
    expect(metaFrom(metaItem(meta))).to.deep.equal(meta);
    const { streams: _, ...event } = anEvent([]);
    expect(eventFrom({ PK: 'ORGEVENTS#x', SK: '000000000012', ...event } as unknown as Item)).to.deep.equal({
      ...event,
      seq: 12,
    });
  });

  it('for internal use, or with non-canonical names, have no record key', () => {
    const membership = SAMPLES.membership().key as KeyOf<'membership'>;
    const addresses = [
      mirrorAddress(membership),
      { PK: 'ORGEVENTS#org_1', SK: '000000000001' },
      { PK: 'USEREVENTS#user_1', SK: 'HEAD' },
      { PK: 'IDEMPOTENCY#USER#ann', SK: 'IDEMPOTENCY#USER#ann' },
      { PK: 'META', SK: 'META' },
      { PK: 'USER#Ann', SK: 'USER#Ann' },
      { PK: 'ORG#Acme Corp', SK: 'ORG#Acme Corp' },
      { PK: 'ORGMEMBERS#acme', SK: 'MEMBER#Ann' },
      { PK: 'ORGMEMBERS#Acme', SK: 'MEMBER#ann' },
    ];
    for (const address of addresses) expect(keyAt(address), address.PK).to.equal(undefined);
    const strange = emailKey('a#b@example.org' as NormalizedEmail);
    expect(keyAt(addressOf(strange))).to.deep.equal(strange);
  });
});

describe('DynamoDB conditions', () => {
  const text = (expression: { ConditionExpression: string }) => expression.ConditionExpression;

  it('distinguish absent, legacy, live and deleted records', () => {
    expect(text(versionMatches({ exists: false, version: 0 }))).to.equal('attribute_not_exists(PK)');
    expect(text(versionMatches({ exists: true, version: 0 }))).to.equal(
      'attribute_exists(PK) AND attribute_not_exists(#version)',
    );
    expect(versionMatches({ exists: true, version: 3 })).to.deep.equal({
      ConditionExpression: '#version = :version AND attribute_not_exists(deletedAt)',
      ExpressionAttributeNames: { '#version': 'version' },
      ExpressionAttributeValues: { ':version': 3 },
    });
    expect(text(versionMatches({ exists: false, version: 3 }))).to.equal(
      '#version = :version AND attribute_exists(deletedAt)',
    );
  });

  it('protect stream heads, idempotency records and the meta record', () => {
    expect(text(lastSeqIs(0))).to.equal('attribute_not_exists(PK)');
    expect(lastSeqIs(4).ExpressionAttributeValues).to.deep.equal({ ':last': 4 });
    expect(text(absentOrExpiredAt('x'))).to.equal('attribute_not_exists(PK) OR expiresAtExact <= :at');
    expect(text(metaEquals(undefined))).to.equal('attribute_not_exists(PK)');
    expect(metaEquals({ storeId: 's', generation: 1, cache: 'c' }).ExpressionAttributeValues).to.deep.equal({
      ':storeId': 's',
      ':generation': 1,
      ':cache': 'c',
    });
  });
});

describe('DynamoDB transactions', () => {
  const table = { tableName: 'rollcall', tombstoneTtlMs: DAY_MS };
  const [organization, user] = [organizationStream(), userStream()];
  const [membership, gone, required] = [SAMPLES.membership(), SAMPLES.membership(), SAMPLES.user()];
  const change = aChange([create(membership.key, membership.first), erase(gone.key, 4)], {
    conditions: [{ key: required.key, version: 2 }],
    events: [anEvent([organization, user]), anEvent([organization])],
  });
  const heads = new Map([[`ORGEVENTS#${organization.id}`, 9]]);
  const operations = transactionSteps(change, heads, table).map(({ operation }) => operation);
  const addresses = operations.map(({ Put, Delete, ConditionCheck }) => {
    const { PK, SK } = Put?.Item ?? Delete?.Key ?? ConditionCheck?.Key ?? {};
    return `${PK} ${SK}`;
  });

  it('have one operation per item, so several events write the head of a stream once', () => {
    expect(new Set(addresses)).to.have.length(addresses.length);
    const events = addresses.filter((address) => address.includes('EVENTS#'));
    expect(events).to.deep.equal([
      `ORGEVENTS#${organization.id} 000000000010`,
      `USEREVENTS#${user.id} 000000000001`,
      `ORGEVENTS#${organization.id} 000000000011`,
      `ORGEVENTS#${organization.id} HEAD`,
      `USEREVENTS#${user.id} HEAD`,
    ]);
    const headWrites = operations.slice(-2).map(({ Put }) => [Put?.Item?.['last'], Put?.ConditionExpression]);
    expect(headWrites).to.deep.equal([
      [11, '#last = :last'],
      [1, 'attribute_not_exists(PK)'],
    ]);
  });

  it('write the mirror of a membership, and delete it with the membership', () => {
    const [primary, mirror, tombstoneStep, deletedMirror] = operations;
    const { PK: _PK, SK: _SK, ...attributes } = primary?.Put?.Item ?? {};
    expect(mirror?.Put?.Item).to.deep.include(attributes);
    expect(mirror?.Put?.Item).to.deep.include(mirrorAddress(membership.key as KeyOf<'membership'>));
    expect(tombstoneStep?.Put?.Item).to.deep.include({ version: 5, deletedAt: change.at });
    expect(deletedMirror?.Delete?.Key).to.deep.equal(mirrorAddress(gone.key as KeyOf<'membership'>));
  });
});
