import { expect } from 'chai';
import { PLAN_ATTEMPTS } from '../../../src/app/freshness/freshness-settings.ts';
import { Conflict, OutcomeUnknown } from '../../../src/ports/errors.ts';
import { user } from '../../support/account-stack.ts';
import {
  ann,
  demote,
  failureOf,
  idempotencyStack,
  MEMBERSHIP,
  promote,
  rename,
  sendRequest,
} from '../../support/idempotency-stack.ts';

describe('a request with an idempotency key that comes twice at the same moment', () => {
  it('gets the first answer when the first one commits between its lookup and its commit', async () => {
    const { service, other, afterNextLookup, inStore, events } = await idempotencyStack();
    let first: unknown;
    afterNextLookup(async () => {
      first = await sendRequest(other.service, ann, promote);
    });
    const second = await sendRequest(service, ann, promote);
    expect(second).to.deep.equal({ ...(first as object), wasReplayed: true });
    expect((await inStore()).version).to.equal(2);
    expect(await events()).to.deep.equal([
      'organization.created',
      'membership.added',
      'membership.role_changed',
    ]);
  });

  it('gets the first answer, not the refusal that what it knew led to', async () => {
    const { service, other, afterNextLookup } = await idempotencyStack();
    const bob = user('bob');
    let first: unknown;
    // Bob may not do it when the retry reads, may when the first one is decided, which commits after the lookup.
    afterNextLookup(async () => {
      await promote(other.service, ann);
      first = await sendRequest(other.service, bob, rename('Bobs'));
    });
    const second = await sendRequest(service, bob, rename('Bobs'));
    expect(second).to.deep.equal({ ...(first as object), wasReplayed: true });
  });

  it('is refused as it should be when the first one was refused too', async () => {
    const { service, afterNextLookup } = await idempotencyStack();
    afterNextLookup(async () => {});
    expect(await failureOf(sendRequest(service, user('bob'), rename('Bobs')))).to.have.property(
      'code',
      'forbidden',
    );
  });

  it('gets the first answer, not a conflict, when the first one commits as it gives up', async () => {
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

  it('is refused when the one that came in between had the same key for another change', async () => {
    const { service, other, afterNextLookup, inStore } = await idempotencyStack();
    afterNextLookup(async () => void (await sendRequest(other.service, ann, promote)));
    const second = await failureOf(sendRequest(service, ann, rename('Other'), { fingerprint: 'other' }));
    expect(second).to.have.property('code', 'idempotency_key_reused');
    expect((await inStore()).record?.role).to.equal('Admin');
  });

  it('is applied once, and both answers are equal, though both looked before either committed', async () => {
    const { service, other, store, inStore, events } = await idempotencyStack();
    const looked: (() => void)[] = [];
    const look = store.readIdempotencyRecord.bind(store);
    store.readIdempotencyRecord = async (...asked) => {
      const found = await look(...asked);
      if (looked.length < 2) {
        await new Promise<void>((resolve) => {
          looked.push(resolve);
          if (looked.length === 2) for (const go of looked) go();
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
    expect((await inStore()).version).to.equal(2);
    expect(await events()).to.have.length(3);
  });
});

describe('a request with an idempotency key whose outcome is unknown', () => {
  it('was applied: the retry on another instance gets the answer, and nothing is applied twice', async () => {
    const { service, other, store, inStore, events } = await idempotencyStack();
    store.afterCommit = async () => {
      store.afterCommit = async () => {};
      throw new OutcomeUnknown('scripted');
    };
    expect(await failureOf(sendRequest(service, ann, promote))).to.be.instanceOf(OutcomeUnknown);
    const retry = await sendRequest(other.service, ann, promote);
    expect(retry.wasReplayed).to.equal(true);
    expect(retry.result).to.deep.equal(await inStore().then(({ record, version }) => ({ record, version })));
    expect((await inStore()).version).to.equal(2);
    expect(await events()).to.have.length(3);
  });

  it('was not applied: the retry applies it', async () => {
    const { service, other, store, inStore } = await idempotencyStack();
    store.beforeCommit = async () => {
      store.beforeCommit = async () => {};
      throw new OutcomeUnknown('scripted');
    };
    expect(await failureOf(sendRequest(service, ann, promote))).to.be.instanceOf(OutcomeUnknown);
    expect((await sendRequest(other.service, ann, promote)).wasReplayed).to.equal(false);
    expect((await inStore()).version).to.equal(2);
  });

  for (const [when, change] of Object.entries({ 'undone since': demote, 'as it was': promote })) {
    it(`lands after its retry was applied (${when}): then it is not applied`, async () => {
      const { service, other, store, inStore, soon } = await idempotencyStack();
      let late = async () => {};
      store.beforeCommit = async (sent) => {
        store.beforeCommit = async () => {};
        late = () => store.commit(sent, soon());
        throw new OutcomeUnknown('scripted');
      };
      expect(await failureOf(sendRequest(service, ann, promote))).to.be.instanceOf(OutcomeUnknown);
      const retry = await sendRequest(other.service, ann, promote);
      await change(other.service, ann);
      const before = await inStore();
      expect(await failureOf(late())).to.be.instanceOf(Conflict);
      expect(await inStore()).to.deep.equal(before);
      expect(await sendRequest(service, ann, promote)).to.deep.equal({ ...retry, wasReplayed: true });
    });
  }
});
