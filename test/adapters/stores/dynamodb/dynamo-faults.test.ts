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
import { deadline } from '../../../support/deadline.ts';
import { rejectionOf } from '../../../support/rejection-of.ts';
import { AutoAdvancingClock } from './auto-advancing-clock.ts';
import { cancelled, DynamoStub, type StubOutcome } from './dynamo-stub.ts';

const TRANSACT = 'TransactWriteItems';
const HEAD_READ = 'GetItem';
const DEADLINE_MS = 2000;
const SHORT_DEADLINE_MS = 40;

describe('DynamoUserStore when DynamoDB fails', () => {
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
  const scriptAlways = (operation: string, outcome: StubOutcome) =>
    script(operation, ...Array(1000).fill(outcome));
  const { key, first } = SAMPLES.user();
  const commit = (over: Partial<Change> = {}, deadlineMs = DEADLINE_MS) =>
    store.commit(aChange([create(key, first)], over), deadlineMs);

  const tokens = () => new Set(stub.requestsOf(TRANSACT).map(({ token }) => token));
  const bodies = () => new Set(stub.requestsOf(TRANSACT).map(({ body }) => body));

  describe('a commit that was not applied', () => {
    const transient: Readonly<Record<string, StubOutcome>> = {
      'a conflict with another transaction': cancelled('TransactionConflict'),
      'throttling of one item': cancelled('ThrottlingError'),
      'the limit of a partition': cancelled('ProvisionedThroughputExceeded'),
      'throttling of the request': { error: 'ThrottlingException' },
      'the limit of the table': { error: 'ProvisionedThroughputExceededException' },
      'the limit of the account': { error: 'RequestLimitExceeded' },
      'a token that another request has used': { error: 'IdempotentParameterMismatchException' },
    };
    for (const [name, outcome] of Object.entries(transient)) {
      it(`is retried with a new token after ${name}`, async () => {
        script(TRANSACT, outcome, outcome);
        await commit();
        expect(stub.requestsOf(TRANSACT)).to.have.length(3);
        expect(tokens()).to.have.length(3);
        expect(stub.applications).to.equal(1);
      });

      it(`is rejected as unavailable at the deadline after ${name}`, async () => {
        scriptAlways(TRANSACT, outcome);
        const rejection = await rejectionOf(commit(), StoreUnavailable);
        expect(rejection.cause).to.be.instanceOf(Error);
        expect(stub.applications).to.equal(0);
        expect(clock.monotonic()).to.be.at.most(DEADLINE_MS);
      });
    }

    it('is retried with exponential backoff up to a maximum', async () => {
      scriptAlways(TRANSACT, cancelled('TransactionConflict'));
      await rejectionOf(commit());
      expect(clock.sleeps.slice(0, 6)).to.deep.equal([6, 11, 21, 41, 81, 126]);
      expect(stub.requestsOf(TRANSACT)).to.have.length(clock.sleeps.length + 1);
    });

    for (const error of ['ValidationException', 'AccessDeniedException', 'ResourceNotFoundException']) {
      it(`is rejected as unavailable immediately, with DynamoDB's error as cause: ${error}`, async () => {
        script(TRANSACT, { error });
        const rejection = await rejectionOf(commit(), StoreUnavailable);
        expect(rejection.cause).to.have.property('name', error);
        expect(stub.requestsOf(TRANSACT)).to.have.length(1);
      });
    }

    it('is rejected as unavailable immediately if an item is invalid', async () => {
      script(TRANSACT, cancelled('ValidationError'));
      await rejectionOf(commit(), StoreUnavailable);
      expect(stub.requestsOf(TRANSACT)).to.have.length(1);
    });

    it('is rejected as unavailable if the endpoint cannot be reached', async () => {
      await stub.stop();
      await rejectionOf(commit(), StoreUnavailable);
      stub = await DynamoStub.start();
    });

    it('is not sent if it needs more operations than a transaction allows', async () => {
      const writes = Array.from({ length: 101 }, SAMPLES.user).map((one) => create(one.key, one.first));
      const rejection = await rejectionOf(store.commit(aChange(writes), DEADLINE_MS), StoreUnavailable);
      expect(rejection.message).to.contain('101').and.contain('100');
      expect(stub.requests).to.have.length(0);
    });
  });

  describe('a commit without a response', () => {
    const unknown: Readonly<Record<string, StubOutcome>> = {
      'a reset after it was applied': 'reset-after-apply',
      'a reset before it was applied': 'reset-before-apply',
      'an internal server error': { error: 'InternalServerError', status: 500 },
      'an unavailable server': { error: 'ServiceUnavailable', status: 503 },
      'a request with the same token that is still in progress': { error: 'TransactionInProgressException' },
    };
    for (const [name, outcome] of Object.entries(unknown)) {
      it(`is retried with the same bytes and token, and applied once, after ${name}`, async () => {
        script(TRANSACT, outcome, outcome);
        await commit({ events: [anEvent([userStream()])] });
        expect(stub.requestsOf(TRANSACT)).to.have.length(3);
        expect(bodies()).to.have.length(1);
        expect(stub.applications).to.equal(1);
      });

      it(`has an unknown outcome at the deadline after ${name}`, async () => {
        scriptAlways(TRANSACT, outcome);
        const rejection = await rejectionOf(commit(), OutcomeUnknown);
        expect(rejection.cause).to.be.instanceOf(Error);
        expect(bodies()).to.have.length(1);
      });
    }

    for (const outcome of ['drop-request', 'drop-response'] as const) {
      it(`has an unknown outcome at the deadline without any response (${outcome})`, async () => {
        scriptAlways(TRANSACT, outcome);
        const started = performance.now();
        await rejectionOf(commit({}, SHORT_DEADLINE_MS), OutcomeUnknown);
        expect(performance.now() - started).to.be.below(1000);
        expect(bodies()).to.have.length(1);
      });
    }

    it('keeps its token in all later attempts, because it may still be applied', async () => {
      script(
        TRANSACT,
        'reset-before-apply',
        cancelled('TransactionConflict'),
        { error: 'ThrottlingException' },
        { error: 'TransactionInProgressException' },
      );
      await commit();
      expect(stub.requestsOf(TRANSACT)).to.have.length(5);
      expect(bodies()).to.have.length(1);
    });

    for (const error of [
      'AccessDeniedException',
      'ValidationException',
      'IdempotentParameterMismatchException',
    ]) {
      it(`has an unknown outcome if the next attempt is rejected: ${error}`, async () => {
        script(TRANSACT, 'reset-after-apply', { error });
        await rejectionOf(commit(), OutcomeUnknown);
      });
    }

    it('is a conflict if the next attempt is one, because versions never repeat', async () => {
      script(TRANSACT, 'reset-before-apply', cancelled('ConditionalCheckFailed'));
      await rejectionOf(commit(), Conflict);
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
    // The operations: user, membership, its mirror, precondition, two events, two heads, idempotency record.
    const cancelledAt = (...positions: number[]) =>
      cancelled(
        ...Array.from({ length: 9 }, (_, at) => (positions.includes(at) ? 'ConditionalCheckFailed' : 'None')),
      );

    const failedConditions: readonly [position: number, moved: Conflict['moved']][] = [
      [0, key],
      [1, membership.key],
      [3, condition.key],
      [8, { kind: 'idempotency', id }],
    ];
    for (const [position, moved] of failedConditions) {
      it(`reports the ${moved.kind} whose condition failed`, async () => {
        script(TRANSACT, cancelledAt(position));
        const rejection = await rejectionOf(store.commit(change, DEADLINE_MS));
        expect(rejection).to.be.instanceOf(Conflict).and.have.deep.property('moved', moved);
        expect(stub.requestsOf(TRANSACT)).to.have.length(1);
      });

      it(`reports the ${moved.kind} even if the head of a stream has moved too`, async () => {
        script(TRANSACT, cancelledAt(4, 6, position));
        expect(await rejectionOf(store.commit(change, DEADLINE_MS))).to.have.deep.property('moved', moved);
      });
    }

    it('is retried with new event numbers and a new token if only the head of a stream has moved', async () => {
      const stream = organizationStream();
      const head = (last: string) => ({
        response: { Item: { PK: { S: `ORGEVENTS#${stream.id}` }, last: { N: last } } },
      });
      script(HEAD_READ, head('7'), head('8'));
      script(TRANSACT, cancelled('None', 'ConditionalCheckFailed', 'ConditionalCheckFailed'));
      await commit({ events: [anEvent([stream])] });
      const [one, two] = stub.requestsOf(TRANSACT);
      expect(one?.body).to.contain('000000000008');
      expect(two?.body).to.contain('000000000009').and.not.contain('000000000008');
      expect(tokens()).to.have.length(2);
    });

    it('is rejected as unavailable if the head of a stream moves until the deadline', async () => {
      scriptAlways(TRANSACT, cancelled('None', 'None', 'ConditionalCheckFailed'));
      await rejectionOf(commit({ events: [anEvent([userStream()])] }), StoreUnavailable);
    });

    it('is retried if the head of a stream has moved and another transaction conflicts', async () => {
      script(TRANSACT, cancelled('TransactionConflict', 'None', 'ConditionalCheckFailed'));
      await commit({ events: [anEvent([userStream()])] });
      expect(stub.requestsOf(TRANSACT)).to.have.length(2);
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
      it(`is retried after ${JSON.stringify(outcome)}`, async () => {
        script('TransactGetItems', outcome, outcome);
        const loaded = await store.readMany([key, other], DEADLINE_MS);
        expect(loaded.map(({ version }) => version)).to.deep.equal([0, 0]);
        expect(stub.requests).to.have.length(3);
      });
    }

    it('is rejected as unavailable at the deadline, with the last error as cause', async () => {
      scriptAlways('GetItem', { error: 'ThrottlingException' });
      const rejection = await rejectionOf(store.readMany([key], DEADLINE_MS), StoreUnavailable);
      expect(rejection.cause).to.have.property('name', 'ThrottlingException');
    });

    it('is rejected as unavailable at the deadline without any response', async () => {
      scriptAlways('GetItem', 'drop-request');
      await rejectionOf(store.readMany([key], SHORT_DEADLINE_MS), StoreUnavailable);
    });

    it('is rejected as unavailable immediately if DynamoDB rejects it', async () => {
      script('Query', { error: 'AccessDeniedException' });
      await rejectionOf(
        store.listMembershipsOfUser(uniqueUsername(), { limit: 1 }, DEADLINE_MS),
        StoreUnavailable,
      );
      expect(stub.requests).to.have.length(1);
    });

    it('of several stream heads requests again those that DynamoDB did not process', async () => {
      const [one, two] = [organizationStream(), userStream()];
      const item = (PK: string, last: string) => ({ PK: { S: PK }, SK: { S: 'HEAD' }, last: { N: last } });
      const [PK1, PK2] = [`ORGEVENTS#${one.id}`, `USEREVENTS#${two.id}`];
      const Keys = [{ PK: { S: PK2 }, SK: { S: 'HEAD' } }];
      script(
        'BatchGetItem',
        { response: { Responses: { rollcall: [item(PK1, '4')] }, UnprocessedKeys: { rollcall: { Keys } } } },
        { response: { Responses: { rollcall: [item(PK2, '41')] } } },
      );
      await commit({ events: [anEvent([one, two])] });
      expect(stub.requestsOf(TRANSACT)[0]?.body).to.contain('000000000005').and.contain('000000000042');
    });
  });

  it('replaces a meta record once and returns true if the first response is lost', async () => {
    script('GetItem', { response: {} });
    const { answeredBy } = await store.readMeta(DEADLINE_MS);
    script(TRANSACT, 'reset-after-apply');
    const meta = { storeId: 's', generation: 1, cache: 'none' };
    expect(await store.replaceMeta(undefined, meta, answeredBy, DEADLINE_MS)).to.equal(true);
    expect(stub.applications).to.equal(1);
  });

  it('rejects a commit at its own deadline while it waits for another one to the same stream', async () => {
    const systemClock = new SystemClock();
    const settings = { client: stub.client, tableName: 'rollcall', tombstoneTtlMs: 1 };
    const queued = new DynamoUserStore({ ...settings, clock: systemClock, ids: new UuidIds() });
    const events = [anEvent([userStream()])];
    scriptAlways(TRANSACT, 'drop-request');
    const earlier = queued.commit(aChange([create(key, first)], { events }), deadline(200));
    const { key: otherKey, first: record } = SAMPLES.email();
    const later = queued.commit(aChange([create(otherKey, record)], { events }), deadline(SHORT_DEADLINE_MS));
    const order: string[] = [];
    await Promise.all([
      rejectionOf(later).then((rejection) => order.push(rejection.name)),
      rejectionOf(earlier).then((rejection) => order.push(rejection.name)),
    ]);
    expect(order).to.deep.equal(['StoreUnavailable', 'OutcomeUnknown']);
    expect(stub.requestsOf(TRANSACT)).to.have.length(1);
  });
});
