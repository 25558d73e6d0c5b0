import { expect } from 'chai';
import { PLAN_ATTEMPTS } from '../../../src/app/freshness/freshness-settings.ts';
import { Conflict, OutcomeUnknown } from '../../../src/ports/errors.ts';
import { user } from '../../support/account-stack.ts';
import {
  ann,
  demote,
  idempotencyStack,
  MEMBERSHIP,
  promote,
  rename,
  sendRequest,
} from '../../support/idempotency-stack.ts';
import { rejectionOf } from '../../support/rejection-of.ts';

describe('two concurrent requests with the same idempotency key', () => {
  it('have the same result if one commits between the lookup and the commit of the other', async () => {
    const { service, other, afterNextLookup, readMembership, events } = await idempotencyStack();
    let first: unknown;
    afterNextLookup(async () => {
      first = await sendRequest(other.service, ann, promote);
    });
    const second = await sendRequest(service, ann, promote);
    expect(second).to.deep.equal({ ...(first as object), wasReplayed: true });
    expect((await readMembership()).version).to.equal(2);
    expect(await events()).to.deep.equal([
      'organization.created',
      'membership.added',
      'membership.role_changed',
    ]);
  });

  it('have the same result even if the second was refused based on an older state', async () => {
    const { service, other, afterNextLookup } = await idempotencyStack();
    const bob = user('bob');
    let first: unknown;
    // Bob lacks the permission when the second request reads. He has it when the first request is decided and committed.
    afterNextLookup(async () => {
      await promote(other.service, ann);
      first = await sendRequest(other.service, bob, rename('Bobs'));
    });
    const second = await sendRequest(service, bob, rename('Bobs'));
    expect(second).to.deep.equal({ ...(first as object), wasReplayed: true });
  });

  it('are both refused if neither is permitted', async () => {
    const { service, afterNextLookup } = await idempotencyStack();
    afterNextLookup(async () => {});
    expect(await rejectionOf(sendRequest(service, user('bob'), rename('Bobs')))).to.have.property(
      'code',
      'forbidden',
    );
  });

  it('have the same result if one commits during the last attempt of the other', async () => {
    const { service, other, store, events } = await idempotencyStack();
    const commit = store.commit.bind(store);
    let tries = 0;
    let first: unknown;
    store.commit = async () => {
      tries += 1;
      if (tries === PLAN_ATTEMPTS) {
        store.commit = commit;
        first = await sendRequest(other.service, ann, promote);
      }
      throw new Conflict(MEMBERSHIP);
    };
    const second = await sendRequest(service, ann, promote);
    expect(tries).to.equal(PLAN_ATTEMPTS);
    expect(second).to.deep.equal({ ...(first as object), wasReplayed: true });
    expect(await events()).to.have.length(3);
  });

  it('are refused if their fingerprints differ', async () => {
    const { service, other, afterNextLookup, readMembership } = await idempotencyStack();
    afterNextLookup(async () => void (await sendRequest(other.service, ann, promote)));
    const second = await rejectionOf(sendRequest(service, ann, rename('Other'), { fingerprint: 'other' }));
    expect(second).to.have.property('code', 'idempotency_key_reused');
    expect((await readMembership()).record?.role).to.equal('Admin');
  });

  it('are applied once with the same result even if both lookup up the key before either commits', async () => {
    const { service, other, store, readMembership, events } = await idempotencyStack();
    const waiting: (() => void)[] = [];
    const lookup = store.readIdempotencyRecord.bind(store);
    store.readIdempotencyRecord = async (...args) => {
      const found = await lookup(...args);
      if (waiting.length < 2) {
        await new Promise<void>((resolve) => {
          waiting.push(resolve);
          if (waiting.length === 2) for (const resume of waiting) resume();
        });
      }
      return found;
    };
    const answers = await Promise.all([
      sendRequest(service, ann, promote),
      sendRequest(other.service, ann, promote),
    ]);
    expect(answers.map(({ wasReplayed }) => wasReplayed).sort()).to.deep.equal([false, true]);
    expect(answers[0].result).to.deep.equal(answers[1].result);
    expect((await readMembership()).version).to.equal(2);
    expect(await events()).to.have.length(3);
  });
});

describe('a request with an idempotency key whose outcome is unknown', () => {
  it('is not applied again by a retry on another instance if it was applied', async () => {
    const { service, other, store, readMembership, events } = await idempotencyStack();
    store.afterCommit = async () => {
      store.afterCommit = async () => {};
      throw new OutcomeUnknown('scripted');
    };
    expect(await rejectionOf(sendRequest(service, ann, promote))).to.be.instanceOf(OutcomeUnknown);
    const retry = await sendRequest(other.service, ann, promote);
    expect(retry.wasReplayed).to.equal(true);
    expect(retry.result).to.deep.equal(
      await readMembership().then(({ record, version }) => ({ record, version })),
    );
    expect((await readMembership()).version).to.equal(2);
    expect(await events()).to.have.length(3);
  });

  it('is applied by the retry if it was not applied', async () => {
    const { service, other, store, readMembership } = await idempotencyStack();
    store.beforeCommit = async () => {
      store.beforeCommit = async () => {};
      throw new OutcomeUnknown('scripted');
    };
    expect(await rejectionOf(sendRequest(service, ann, promote))).to.be.instanceOf(OutcomeUnknown);
    expect((await sendRequest(other.service, ann, promote)).wasReplayed).to.equal(false);
    expect((await readMembership()).version).to.equal(2);
  });

  for (const [when, change] of Object.entries({ 'undone meanwhile': demote, 'unchanged since': promote })) {
    it(`is not applied if its commit arrives after the retry was applied (${when})`, async () => {
      const { service, other, store, readMembership, deadline } = await idempotencyStack();
      let late = async () => {};
      store.beforeCommit = async (sent) => {
        store.beforeCommit = async () => {};
        late = () => store.commit(sent, deadline());
        throw new OutcomeUnknown('scripted');
      };
      expect(await rejectionOf(sendRequest(service, ann, promote))).to.be.instanceOf(OutcomeUnknown);
      const retry = await sendRequest(other.service, ann, promote);
      await change(other.service, ann);
      const before = await readMembership();
      expect(await rejectionOf(late())).to.be.instanceOf(Conflict);
      expect(await readMembership()).to.deep.equal(before);
      expect(await sendRequest(service, ann, promote)).to.deep.equal({ ...retry, wasReplayed: true });
    });
  }
});
