import { expect } from 'chai';
import type { IdempotencyRecord } from '../../../src/domain/change.ts';
import { recordId } from '../../../src/domain/records.ts';
import {
  anEvent,
  create,
  organizationStream,
  SAMPLES,
  type Sample,
  samples,
  unique,
} from '../../support/accounts.ts';
import type { BoundStore } from '../../support/bound-store.ts';
import { deadline } from '../../support/deadline.ts';
import {
  type CurrentStore,
  commit,
  eventsOf,
  expectConflict,
  handlesOf,
  load,
  mutateDeeply,
  oneTo,
  race,
} from './store-under-test.ts';

// In the far future, so that a store that uses its own clock instead of `change.at` and `now` fails.
const COMMITTED_AT = '2098-01-01T00:00:00.000Z';
const BEFORE_EXPIRY = '2098-01-01T12:00:00.000Z';
const EXPIRY = '2098-01-02T00:00:00.000Z';
const AFTER_EXPIRY = '2098-01-02T00:00:00.001Z';

/** An idempotency record is written atomically with its change, at most once per id. */
export function idempotencyRules(current: CurrentStore): void {
  it('returns undefined for an unused id', async () => {
    expect(await read(current().store, unique('request'))).to.equal(undefined);
  });

  it('writes the record with the change and returns it unchanged', async () => {
    const { store } = current();
    const written = samples();
    const record = anIdempotencyRecord({ changedKeys: written.map(({ key }) => key) });
    await commit(
      store,
      written.map(({ key, first }) => create(key, first)),
      { at: COMMITTED_AT, idempotency: record },
    );
    expect(await read(store, record.id)).to.deep.equal(record);
    for (const { key } of written) expect((await load(store, key)).version).to.equal(1);
  });

  const responses: Readonly<Record<string, unknown>> = {
    'a nested object': { status: 201, body: { name: 'Ann "A" \\ 😀', tags: [], none: null, '': '' } },
    'an array': [1, -2.5, 1e21, 'x', [null, [true, false]], {}],
    'a string': '{"not": "parsed"}',
    'an empty string': '',
    'a number': 0,
    false: false,
    null: null,
    'field names of Object.prototype and of stored items': {
      constructor: 1,
      toString: 'x',
      version: 3,
      id: 'mine',
      PK: 'y',
    },
    'long text': 'ä€😀'.repeat(2_000),
  };
  for (const [name, response] of Object.entries(responses)) {
    it(`returns the response unchanged: ${name}`, async () => {
      const record = anIdempotencyRecord({ response });
      await commitWith(current().store, record);
      expect(await read(current().store, record.id)).to.deep.equal(record);
    });
  }

  it('rejects a second change with the same id, and writes nothing', async () => {
    const { store } = current();
    const record = anIdempotencyRecord();
    await commitWith(store, record);
    const { key, first } = SAMPLES.membership();
    const stream = organizationStream();
    const second = commit(store, [create(key, first)], {
      at: BEFORE_EXPIRY,
      events: [anEvent([stream])],
      idempotency: { ...record, response: 'another', fingerprint: 'another' },
    });
    await expectConflict(second, { kind: 'idempotency', id: record.id });
    expect(await load(store, key)).to.deep.equal({ key, version: 0, record: undefined });
    expect(await eventsOf(store, stream)).to.deep.equal([]);
    expect(await read(store, record.id)).to.deep.equal(record);
  });

  it('writes no record with a rejected change, so its id can be used again', async () => {
    const { store } = current();
    const { key, first } = SAMPLES.user();
    await commit(store, [create(key, first)]);
    const record = anIdempotencyRecord();
    await expectConflict(commit(store, [create(key, first)], { at: COMMITTED_AT, idempotency: record }), key);
    expect(await read(store, record.id)).to.equal(undefined);
    await commitWith(store, record);
    expect(await read(store, record.id)).to.deep.equal(record);
  });

  it('does not return a record after its expiry', async () => {
    const { store } = current();
    const record = anIdempotencyRecord();
    await commitWith(store, record);
    expect(await read(store, record.id, '2098-01-01T23:59:59.999Z')).to.deep.equal(record);
    expect(await read(store, record.id, AFTER_EXPIRY)).to.equal(undefined);
    expect(await read(store, record.id, '2099-06-01T00:00:00.000Z')).to.equal(undefined);
  });

  it('overwrites an expired record', async () => {
    const { store } = current();
    const record = anIdempotencyRecord();
    await commitWith(store, record);
    const next = anIdempotencyRecord({
      id: record.id,
      response: 'next',
      expiresAt: '2098-02-01T00:00:00.000Z',
    });
    await commitWith(store, next, AFTER_EXPIRY);
    expect(await read(store, record.id, AFTER_EXPIRY)).to.deep.equal(next);
    await expectConflict(commitWith(store, next, AFTER_EXPIRY), { kind: 'idempotency', id: record.id });
  });

  it('distinguishes similar ids', async () => {
    const { store } = current();
    const base = unique('user:ann:key');
    const records = [base, `${base} `, base.toUpperCase(), `${base}/1`, `${base}#`, `${base}:ä"'\\😀`].map(
      (id) => anIdempotencyRecord({ id, response: { id } }),
    );
    for (const record of records) await commitWith(store, record);
    for (const record of records) expect(await read(store, record.id)).to.deep.equal(record);
    expect(await read(store, base.slice(0, -1))).to.equal(undefined);
  });

  it('applies exactly one of 20 concurrent changes with the same id', async () => {
    const handle = await handlesOf(current());
    const { id } = anIdempotencyRecord();
    const tried: readonly Sample[] = oneTo(20).map(() => SAMPLES.user());
    const { winners, conflicts } = await race(
      tried.map(({ key, first }, index) =>
        commit(handle(index), [create(key, first)], {
          at: COMMITTED_AT,
          idempotency: anIdempotencyRecord({ id, response: recordId(key) }),
        }),
      ),
    );
    expect(winners).to.have.length(1);
    for (const { moved } of conflicts) expect(moved).to.deep.equal({ kind: 'idempotency', id });
    const winner = tried[winners[0] ?? -1];
    expect((await read(handle(1), id))?.response).to.equal(winner && recordId(winner.key));
    for (const sample of tried) {
      expect((await load(handle(0), sample.key)).version).to.equal(sample === winner ? 1 : 0);
    }
  });

  it('keeps its own copy of committed and returned records', async () => {
    const { store } = current();
    const record = anIdempotencyRecord({ response: { list: [1, { deep: 'x' }] } });
    const kept = structuredClone(record);
    await commitWith(store, record);
    mutateDeeply(record);
    expect(await read(store, kept.id)).to.deep.equal(kept);
    mutateDeeply(await read(store, kept.id));
    expect(await read(store, kept.id)).to.deep.equal(kept);
  });
}

function anIdempotencyRecord(over: Partial<IdempotencyRecord> = {}): IdempotencyRecord {
  return {
    id: unique('user:ann:key'),
    fingerprint: 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=',
    response: { status: 201 },
    changedKeys: [],
    expiresAt: EXPIRY,
    ...over,
  };
}

function read(store: BoundStore, id: string, now = BEFORE_EXPIRY): Promise<IdempotencyRecord | undefined> {
  return store.readIdempotencyRecord(id, now, deadline());
}

/** Commits an idempotency record with an unrelated record. */
function commitWith(store: BoundStore, idempotency: IdempotencyRecord, at = COMMITTED_AT): Promise<void> {
  const { key, first } = SAMPLES.email();
  return commit(store, [create(key, first)], { at, idempotency });
}
