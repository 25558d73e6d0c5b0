import { expect } from 'chai';
import { DynamoUserStore } from '../../../../src/adapters/stores/dynamodb/dynamo-user-store.ts';
import { SystemClock } from '../../../../src/adapters/system/system-clock.ts';
import { UuidIds } from '../../../../src/adapters/system/uuid-ids.ts';
import type { Change } from '../../../../src/domain/change.ts';
import { Conflict, OutcomeUnknown, StoreUnavailable } from '../../../../src/ports/errors.ts';
import {
  aChange,
  anEvent,
  create,
  organizationStream,
  SAMPLES,
  unique,
  uniqueUsername,
  userStream,
} from '../../../support/accounts.ts';
import { AutoAdvancingClock } from './auto-advancing-clock.ts';
import { cancelled, DynamoStub, type StubOutcome } from './dynamo-stub.ts';

const WRITE = 'TransactWriteItems';
const HEAD_READ = 'GetItem';
const DEADLINE = 2000;
const SHORT = 40;

describe('DynamoUserStore, when DynamoDB fails', () => {
  let stub: DynamoStub;
  let clock: AutoAdvancingClock;
  let store: DynamoUserStore;

  beforeEach(async () => {
    stub = await DynamoStub.start();
    clock = new AutoAdvancingClock();
    const ids = { token: () => new UuidIds().token(), fraction: () => 0.5 };
    store = new DynamoUserStore({
      client: stub.client,
      tableName: 'rollcall',
      clock,
      ids,
      tombstoneTtlMs: 1,
    });
  });
  afterEach(() => stub.stop());

  const script = (operation: string, ...outcomes: StubOutcome[]) => stub.script.set(operation, outcomes);
  const always = (operation: string, outcome: StubOutcome) => script(operation, ...Array(1000).fill(outcome));
  const { key, first } = SAMPLES.user();
  const aCommit = (over: Partial<Change> = {}, deadline = DEADLINE) =>
    store.commit(aChange([create(key, first)], over), deadline);
  const refusalOf = (promise: Promise<unknown>): Promise<Error> =>
    promise.then(
      () => expect.fail('it should have been refused'),
      (error: Error) => error,
    );
  const tokens = () => new Set(stub.of(WRITE).map(({ token }) => token));
  const bodies = () => new Set(stub.of(WRITE).map(({ body }) => body));

  describe('a commit that was certainly not applied', () => {
    const passing: Readonly<Record<string, StubOutcome>> = {
      'a conflict with another transaction': cancelled('TransactionConflict'),
      'throttling of one item': cancelled('ThrottlingError'),
      'a partition at its limit': cancelled('ProvisionedThroughputExceeded'),
      'throttling of the request': { error: 'ThrottlingException' },
      'a table at its limit': { error: 'ProvisionedThroughputExceededException' },
      'an account at its limit': { error: 'RequestLimitExceeded' },
      'a token that somebody else used': { error: 'IdempotentParameterMismatchException' },
    };
    for (const [name, outcome] of Object.entries(passing)) {
      it(`is sent again with a token of its own: ${name}`, async () => {
        script(WRITE, outcome, outcome);
        await aCommit();
        expect(stub.of(WRITE)).to.have.length(3);
        expect(tokens()).to.have.length(3);
        expect(stub.applications).to.equal(1);
      });

      it(`is unavailable when that lasts to the deadline: ${name}`, async () => {
        always(WRITE, outcome);
        const refusal = await refusalOf(aCommit());
        expect(refusal).to.be.instanceOf(StoreUnavailable);
        expect(refusal.cause).to.be.instanceOf(Error);
        expect(stub.applications).to.equal(0);
        expect(clock.monotonic()).to.be.at.most(DEADLINE);
      });
    }

    it('waits longer after each attempt, and no longer than a limit', async () => {
      always(WRITE, cancelled('TransactionConflict'));
      await refusalOf(aCommit());
      expect(clock.sleeps.slice(0, 6)).to.deep.equal([6, 11, 21, 41, 81, 126]);
      expect(stub.of(WRITE)).to.have.length(clock.sleeps.length + 1);
    });

    for (const error of ['ValidationException', 'AccessDeniedException', 'ResourceNotFoundException']) {
      it(`is unavailable at once, with the vendor's error as cause: ${error}`, async () => {
        script(WRITE, { error });
        const refusal = await refusalOf(aCommit());
        expect(refusal).to.be.instanceOf(StoreUnavailable);
        expect(refusal.cause).to.have.property('name', error);
        expect(stub.of(WRITE)).to.have.length(1);
      });
    }

    it('is unavailable at once where an item itself is refused', async () => {
      script(WRITE, cancelled('ValidationError'));
      expect(await refusalOf(aCommit())).to.be.instanceOf(StoreUnavailable);
      expect(stub.of(WRITE)).to.have.length(1);
    });

    it('is unavailable where nobody listens', async () => {
      await stub.stop();
      expect(await refusalOf(aCommit())).to.be.instanceOf(StoreUnavailable);
      stub = await DynamoStub.start();
    });

    it('is never sent when it takes more operations than a transaction has', async () => {
      const writes = Array.from({ length: 101 }, SAMPLES.user).map((one) => create(one.key, one.first));
      const refusal = await refusalOf(store.commit(aChange(writes), DEADLINE));
      expect(refusal).to.be.instanceOf(StoreUnavailable);
      expect(refusal.message).to.contain('101').and.contain('100');
      expect(stub.requests).to.have.length(0);
    });
  });

  describe('a commit whose answer never came', () => {
    const unknown: Readonly<Record<string, StubOutcome>> = {
      'the reply was lost after it was applied': 'reset-after-apply',
      'the connection was reset before': 'reset-before-apply',
      'an error of the server': { error: 'InternalServerError', status: 500 },
      'a server that is out of service': { error: 'ServiceUnavailable', status: 503 },
      'the same request still under way': { error: 'TransactionInProgressException' },
    };
    for (const [name, outcome] of Object.entries(unknown)) {
      it(`is sent again with the same bytes, token included, and applied once: ${name}`, async () => {
        script(WRITE, outcome, outcome);
        await aCommit({ events: [anEvent([userStream()])] });
        expect(stub.of(WRITE)).to.have.length(3);
        expect(bodies()).to.have.length(1);
        expect(stub.applications).to.equal(1);
      });

      it(`has an unknown outcome when that lasts to the deadline: ${name}`, async () => {
        always(WRITE, outcome);
        const refusal = await refusalOf(aCommit());
        expect(refusal).to.be.instanceOf(OutcomeUnknown);
        expect(refusal.cause).to.be.instanceOf(Error);
        expect(bodies()).to.have.length(1);
      });
    }

    for (const outcome of ['drop-request', 'drop-response'] as const) {
      it(`has an unknown outcome at the deadline when the server says nothing (${outcome})`, async () => {
        always(WRITE, outcome);
        const started = performance.now();
        expect(await refusalOf(aCommit({}, SHORT))).to.be.instanceOf(OutcomeUnknown);
        expect(performance.now() - started).to.be.below(1000);
        expect(bodies()).to.have.length(1);
      });
    }

    it('keeps its token whatever is answered after it, as it may still be applied', async () => {
      script(
        WRITE,
        'reset-before-apply',
        cancelled('TransactionConflict'),
        { error: 'ThrottlingException' },
        { error: 'TransactionInProgressException' },
      );
      await aCommit();
      expect(stub.of(WRITE)).to.have.length(5);
      expect(bodies()).to.have.length(1);
    });

    for (const error of [
      'AccessDeniedException',
      'ValidationException',
      'IdempotentParameterMismatchException',
    ]) {
      it(`has an unknown outcome when the next attempt is refused: ${error}`, async () => {
        script(WRITE, 'reset-after-apply', { error });
        expect(await refusalOf(aCommit())).to.be.instanceOf(OutcomeUnknown);
      });
    }

    it('has met a conflict when the next attempt says so: its versions never come back', async () => {
      script(WRITE, 'reset-before-apply', cancelled('ConditionalCheckFailed'));
      expect(await refusalOf(aCommit())).to.be.instanceOf(Conflict);
    });
  });

  describe('a cancelled commit', () => {
    const membership = SAMPLES.membership();
    const condition = SAMPLES.organization();
    const id = unique('request');
    const change = aChange([create(key, first), create(membership.key, membership.first)], {
      conditions: [{ key: condition.key, version: 3 }],
      events: [anEvent([organizationStream(), userStream()])],
      idempotency: {
        id,
        fingerprint: 'f',
        response: 1,
        changedKeys: [],
        expiresAt: '2099-01-01T00:00:00.000Z',
      },
    });
    // user, membership, its mirror, condition, two events, two heads, idempotency record
    const failing = (...positions: number[]) =>
      cancelled(
        ...Array.from({ length: 9 }, (_, at) => (positions.includes(at) ? 'ConditionalCheckFailed' : 'None')),
      );

    const culprits: readonly [position: number, moved: Conflict['moved']][] = [
      [0, key],
      [1, membership.key],
      [3, condition.key],
      [8, { kind: 'idempotency', id }],
    ];
    for (const [position, moved] of culprits) {
      it(`names the ${moved.kind} whose condition failed`, async () => {
        script(WRITE, failing(position));
        const refusal = await refusalOf(store.commit(change, DEADLINE));
        expect(refusal).to.be.instanceOf(Conflict).and.have.deep.property('moved', moved);
        expect(stub.of(WRITE)).to.have.length(1);
      });

      it(`names the ${moved.kind} also where the end of a stream has moved`, async () => {
        script(WRITE, failing(4, 6, position));
        expect(await refusalOf(store.commit(change, DEADLINE))).to.have.deep.property('moved', moved);
      });
    }

    it('is numbered again, with a token of its own, where only the end of a stream has moved', async () => {
      const stream = organizationStream();
      const head = (last: string) => ({
        answer: { Item: { PK: { S: `ORGEVENTS#${stream.id}` }, last: { N: last } } },
      });
      script(HEAD_READ, head('7'), head('8'));
      script(WRITE, cancelled('None', 'ConditionalCheckFailed', 'ConditionalCheckFailed'));
      await aCommit({ events: [anEvent([stream])] });
      const [one, two] = stub.of(WRITE);
      expect(one?.body).to.contain('000000000008');
      expect(two?.body).to.contain('000000000009').and.not.contain('000000000008');
      expect(tokens()).to.have.length(2);
    });

    it('is unavailable when the end of a stream is never where it was read, up to the deadline', async () => {
      always(WRITE, cancelled('None', 'None', 'ConditionalCheckFailed'));
      const refusal = await refusalOf(aCommit({ events: [anEvent([userStream()])] }));
      expect(refusal).to.be.instanceOf(StoreUnavailable);
    });

    it('is sent again where the end of a stream has moved and another transaction is in the way', async () => {
      script(WRITE, cancelled('TransactionConflict', 'None', 'ConditionalCheckFailed'));
      await aCommit({ events: [anEvent([userStream()])] });
      expect(stub.of(WRITE)).to.have.length(2);
    });
  });

  describe('a read', () => {
    const { key: other } = SAMPLES.email();

    for (const outcome of [
      cancelled('TransactionConflict', 'None'),
      cancelled('None', 'ThrottlingError'),
      { error: 'ThrottlingException' },
      { error: 'InternalServerError', status: 500 },
      'reset-before-apply',
    ] satisfies StubOutcome[]) {
      it(`is repeated: ${JSON.stringify(outcome)}`, async () => {
        script('TransactGetItems', outcome, outcome);
        const loaded = await store.readMany([key, other], DEADLINE);
        expect(loaded.map(({ version }) => version)).to.deep.equal([0, 0]);
        expect(stub.requests).to.have.length(3);
      });
    }

    it('is unavailable at the deadline, with the last error as cause', async () => {
      always('GetItem', { error: 'ThrottlingException' });
      const refusal = await refusalOf(store.readMany([key], DEADLINE));
      expect(refusal).to.be.instanceOf(StoreUnavailable);
      expect(refusal.cause).to.have.property('name', 'ThrottlingException');
    });

    it('is unavailable at the deadline when the server says nothing', async () => {
      always('GetItem', 'drop-request');
      expect(await refusalOf(store.readMany([key], SHORT))).to.be.instanceOf(StoreUnavailable);
    });

    it('is unavailable at once when it is refused', async () => {
      script('Query', { error: 'AccessDeniedException' });
      const refusal = await refusalOf(store.listMembershipsOfUser(uniqueUsername(), { limit: 1 }, DEADLINE));
      expect(refusal).to.be.instanceOf(StoreUnavailable);
      expect(stub.requests).to.have.length(1);
    });

    it('of several ends of streams asks again for those that DynamoDB left out', async () => {
      const [one, two] = [organizationStream(), userStream()];
      const item = (PK: string, last: string) => ({ PK: { S: PK }, SK: { S: 'HEAD' }, last: { N: last } });
      const [PK1, PK2] = [`ORGEVENTS#${one.id}`, `USEREVENTS#${two.id}`];
      const Keys = [{ PK: { S: PK2 }, SK: { S: 'HEAD' } }];
      script(
        'BatchGetItem',
        { answer: { Responses: { rollcall: [item(PK1, '4')] }, UnprocessedKeys: { rollcall: { Keys } } } },
        { answer: { Responses: { rollcall: [item(PK2, '41')] } } },
      );
      await aCommit({ events: [anEvent([one, two])] });
      expect(stub.of(WRITE)[0]?.body).to.contain('000000000005').and.contain('000000000042');
    });
  });

  it('a meta record whose reply was lost is replaced once, and that is what is answered', async () => {
    script(WRITE, 'reset-after-apply');
    const meta = { storeId: 's', generation: 1, cache: 'none' };
    expect(await store.replaceMeta(undefined, meta, DEADLINE)).to.equal(true);
    expect(stub.applications).to.equal(1);
  });

  it('a commit that waits for another one into the same stream gives up at its own deadline', async () => {
    const real = new SystemClock();
    const settings = { client: stub.client, tableName: 'rollcall', tombstoneTtlMs: 1 };
    const waiting = new DynamoUserStore({ ...settings, clock: real, ids: new UuidIds() });
    const events = [anEvent([userStream()])];
    always(WRITE, 'drop-request');
    const before = waiting.commit(aChange([create(key, first)], { events }), real.monotonic() + 200);
    const { key: mine, first: record } = SAMPLES.email();
    const behind = waiting.commit(aChange([create(mine, record)], { events }), real.monotonic() + SHORT);
    const order: string[] = [];
    await Promise.all([
      refusalOf(behind).then((refusal) => order.push(refusal.name)),
      refusalOf(before).then((refusal) => order.push(refusal.name)),
    ]);
    expect(order).to.deep.equal(['StoreUnavailable', 'OutcomeUnknown']);
    expect(stub.of(WRITE)).to.have.length(1);
  });
});
