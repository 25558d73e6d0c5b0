import { expect } from 'chai';
import { encodeValue } from '../../../src/app/freshness/cache-entry.ts';
import { MARK_ATTEMPTS } from '../../../src/app/freshness/freshness-settings.ts';
import {
  membershipKey,
  organizationKey,
  type RecordKey,
  recordId,
  userKey,
} from '../../../src/domain/records.ts';
import { OutcomeUnknown } from '../../../src/ports/errors.ts';
import { serverOf } from '../../contracts/cache/cache-under-test.ts';
import {
  ACME,
  ANN,
  ann,
  BOB,
  idempotencyStack,
  MEMBERSHIP,
  type Operation,
  promote,
  sendRequest,
} from '../../support/idempotency-stack.ts';
import { openKey } from '../../support/open-epoch.ts';
import { rejectionOf } from '../../support/rejection-of.ts';
import type { CallOutcome } from '../../support/scripted-cache.ts';
import { yieldToEventLoop } from '../../support/yield-to-event-loop.ts';

describe('a request with an idempotency key whose first attempt crashed between commit and publish', () => {
  /** The first attempt crashed after its commit. Its marker had been evicted and the old value filled before. */
  async function crashedAttempt() {
    const stack = await idempotencyStack();
    const { service, store, shared, cache, crashAfterCommit, readMembership, deadline } = stack;
    const { version, record } = await readMembership();
    const cacheKeyOf = (key: RecordKey) => openKey(recordId(key));
    store.beforeCommit = async () => {
      store.beforeCommit = async () => {};
      const entry = encodeValue(version, record);
      await shared.put(cacheKeyOf(MEMBERSHIP), entry, 1_800_000, serverOf(shared), deadline());
    };
    crashAfterCommit();
    expect(await rejectionOf(sendRequest(service, ann, promote))).to.have.property(
      'message',
      'scripted crash',
    );
    expect(cache.of('put').some(({ keys }) => keys[0]?.endsWith(recordId(MEMBERSHIP)))).to.equal(true);
    return { ...stack, cacheKeyOf };
  }

  it('marks the changed records before it is answered, so that no old value is served afterwards', async () => {
    const { other, third } = await crashedAttempt();
    // Permitted, because the write has not been acknowledged yet.
    expect((await third.reader.read([MEMBERSHIP]))[0].version).to.equal(1);
    expect((await sendRequest(other.service, ann, promote)).wasReplayed).to.equal(true);
    expect((await third.reader.read([MEMBERSHIP]))[0].version).to.equal(2);
    expect((await third.service.memberships.get(ann, ACME, BOB)).record.role).to.equal('Admin');
  });

  it('looks up the idempotency record, then puts a new marker on each changed record, then answers', async () => {
    const { other, store, cacheKeyOf, cache } = await crashedAttempt();
    const lookup = store.readIdempotencyRecord.bind(store);
    store.readIdempotencyRecord = async (...args) => {
      other.cache.calls.push({ operation: 'get', keys: ['lookup'], deadline: 0 });
      return lookup(...args);
    };
    let isAnswered = false;
    let release = () => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    other.cache.script = async ({ operation }): Promise<CallOutcome> => {
      if (operation === 'put') await released;
      return 'answered';
    };
    const answered = sendRequest(other.service, ann, promote).then(() => {
      isAnswered = true;
    });
    for (let turn = 0; turn < 20; turn += 1) await yieldToEventLoop();
    expect(isAnswered).to.equal(false);
    release();
    await answered;
    const { calls } = other.cache;
    const steps = calls.slice(calls.findIndex(({ keys }) => keys[0] === 'lookup'));
    expect(steps.map(({ operation, keys }) => [operation, ...keys])).to.deep.equal([
      ['get', 'lookup'],
      ['put', cacheKeyOf(MEMBERSHIP)],
    ]);
    const markers = [...cache.of('put'), ...other.cache.of('put')].map(({ value }) => value);
    expect(new Set(markers).size).to.equal(markers.length);
  });

  it('marks every record of a write that changed several', async () => {
    const { service, other, events, crashAfterCommit } = await idempotencyStack();
    const transfer: Operation = (on, caller) => on.organizations.transferOwnership(caller, ACME, BOB);
    crashAfterCommit();
    await rejectionOf(sendRequest(service, ann, transfer));
    await sendRequest(other.service, ann, transfer);
    const marked = other.cache.of('put').map(({ keys }) => keys[0]?.replace(/^token:/, ''));
    expect(marked.sort()).to.deep.equal(
      [organizationKey(ACME), membershipKey(ACME, ANN), MEMBERSHIP, userKey(ANN), userKey(BOB)]
        .map(recordId)
        .sort(),
    );
    expect(await events()).to.have.length(3);
  });

  it('fails with OutcomeUnknown while a marker is not acknowledged, and writes nothing', async () => {
    const { other, third, readMembership, events } = await crashedAttempt();
    for (const ending of ['failed', 'lost'] as const) {
      other.cache.script = ({ operation }) => (operation === 'put' ? ending : 'answered');
      const before = other.cache.of('put').length;
      const refusal = await rejectionOf(sendRequest(other.service, ann, promote));
      expect(refusal).to.be.instanceOf(OutcomeUnknown);
      expect(other.cache.of('put')).to.have.length(before + MARK_ATTEMPTS);
    }
    expect((await readMembership()).version).to.equal(2);
    expect(await events()).to.have.length(3);
    expect((await sendRequest(third.service, ann, promote)).wasReplayed).to.equal(true);
  });

  it('stays visible if a reader loads the record during the retry', async () => {
    const { other, third, clock } = await crashedAttempt();
    const [, read] = await Promise.all([
      sendRequest(other.service, ann, promote),
      third.reader.read([MEMBERSHIP]),
    ]);
    expect(read[0].version).to.be.within(1, 2);
    for (const reader of [other.reader, third.reader]) {
      expect((await reader.read([MEMBERSHIP]))[0].version).to.equal(2);
    }
    await clock.advance(5001);
    expect((await third.reader.read([MEMBERSHIP]))[0].version).to.equal(2);
    expect((await other.reader.read([MEMBERSHIP]))[0].version).to.equal(2);
  });
});
