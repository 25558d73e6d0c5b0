import { expect } from 'chai';
import { encodeValue } from '../../../src/app/freshness/cache-entry.ts';
import { cacheKey } from '../../../src/app/freshness/cache-key.ts';
import { MARK_ATTEMPTS } from '../../../src/app/freshness/freshness-settings.ts';
import {
  membershipKey,
  organizationKey,
  type RecordKey,
  recordId,
  userKey,
} from '../../../src/domain/records.ts';
import { OutcomeUnknown } from '../../../src/ports/errors.ts';
import {
  ACME,
  ANN,
  ann,
  BOB,
  failureOf,
  idempotencyStack,
  MEMBERSHIP,
  type Operation,
  promote,
  sendRequest,
} from '../../support/idempotency-stack.ts';
import type { Ending } from '../../support/scripted-cache.ts';
import { yieldToEventLoop } from '../../support/yield-to-event-loop.ts';

describe('a request with an idempotency key whose first sender died between commit and publish', () => {
  /** The first one died after its commit, and the old value came into the cache: its marker had been thrown out. */
  async function died() {
    const stack = await idempotencyStack();
    const { service, store, shared, cache, binding, crashAfterCommit, inStore, soon } = stack;
    const { version, record } = await inStore();
    const at = async (key: RecordKey) => cacheKey(await binding.establish(soon()), key);
    store.beforeCommit = async () => {
      store.beforeCommit = async () => {};
      await shared.put(await at(MEMBERSHIP), encodeValue(version, record), 1_800_000, soon());
    };
    crashAfterCommit();
    expect(await failureOf(sendRequest(service, ann, promote))).to.have.property('message', 'scripted crash');
    expect(cache.of('put').some(({ keys }) => keys[0]?.endsWith(recordId(MEMBERSHIP)))).to.equal(true);
    return { ...stack, at };
  }

  it('covers what it changed before it answers, so that no old value outlives the answer', async () => {
    const { other, third } = await died();
    // Nobody has acknowledged the change yet.
    expect((await third.reader.read([MEMBERSHIP]))[0].version).to.equal(1);
    expect((await sendRequest(other.service, ann, promote)).wasReplayed).to.equal(true);
    expect((await third.reader.read([MEMBERSHIP]))[0].version).to.equal(2);
    expect((await third.service.memberships.get(ann, ACME, BOB)).record.role).to.equal('Admin');
  });

  it('looks first, then puts a fresh marker on each key that was changed, then answers', async () => {
    const { other, store, at, cache } = await died();
    const look = store.readIdempotencyRecord.bind(store);
    store.readIdempotencyRecord = async (...asked) => {
      other.cache.calls.push({ operation: 'get', keys: ['lookup'], deadline: 0 });
      return look(...asked);
    };
    let isAnswered = false;
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    other.cache.script = async ({ operation }): Promise<Ending> => {
      if (operation === 'put') await held;
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
      ['put', await at(MEMBERSHIP)],
    ]);
    const markers = [...cache.of('put'), ...other.cache.of('put')].map(({ value }) => value);
    expect(new Set(markers).size).to.equal(markers.length);
  });

  it('covers every record of a change that touched several', async () => {
    const { service, other, events, crashAfterCommit } = await idempotencyStack();
    const transfer: Operation = (on, caller) => on.organizations.transferOwnership(caller, ACME, BOB);
    crashAfterCommit();
    await failureOf(sendRequest(service, ann, transfer));
    await sendRequest(other.service, ann, transfer);
    const marked = other.cache.of('put').map(({ keys }) => keys[0]?.replace(/^[^:]*:\d+:/, ''));
    expect(marked.sort()).to.deep.equal(
      [organizationKey(ACME), membershipKey(ACME, ANN), MEMBERSHIP, userKey(ANN), userKey(BOB)]
        .map(recordId)
        .sort(),
    );
    expect(await events()).to.have.length(3);
  });

  it('answers that the outcome is unknown while a marker is not acknowledged, and applies nothing', async () => {
    const { other, third, inStore, events } = await died();
    for (const ending of ['failed', 'lost'] as const) {
      other.cache.script = ({ operation }) => (operation === 'put' ? ending : 'answered');
      const before = other.cache.of('put').length;
      const refusal = await failureOf(sendRequest(other.service, ann, promote));
      expect(refusal).to.be.instanceOf(OutcomeUnknown);
      expect(other.cache.of('put')).to.have.length(before + MARK_ATTEMPTS);
    }
    expect((await inStore()).version).to.equal(2);
    expect(await events()).to.have.length(3);
    expect((await sendRequest(third.service, ann, promote)).wasReplayed).to.equal(true);
  });

  it('is not undone by a reader who loads while the retry answers', async () => {
    const { other, third, clock } = await died();
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
