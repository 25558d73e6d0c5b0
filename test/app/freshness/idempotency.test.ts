import { expect } from 'chai';
import type { AccountService } from '../../../src/app/account-service.ts';
import { IdempotentRequest } from '../../../src/app/freshness/idempotent-request.ts';
import type { Caller } from '../../../src/domain/caller.ts';
import { DomainError } from '../../../src/domain/domain-error.ts';
import {
  accountStack,
  admin,
  anonymous,
  errorCodeOf,
  serviceDriver,
  user,
} from '../../support/account-stack.ts';
import { text } from '../../support/accounts.ts';
import { ACME, ANN, BOB, demote, promote, rename, sendRequest } from '../../support/idempotency-stack.ts';

/** "ann" owns "acme", in which "bob" is a Member and "carl" an Admin. */
async function withAcme() {
  const stack = accountStack();
  const driver = serviceDriver(stack.service);
  for (const name of ['ann', 'bob', 'carl']) await driver.createUser(name);
  await driver.createOrganization('ann', 'acme');
  await driver.add('ann', 'acme', 'bob', 'Member');
  await driver.add('ann', 'acme', 'carl', 'Admin');
  const eventsOfAcme = async () => {
    const { items } = await stack.service.organizations.listEvents(user('ann'), ACME, {
      limit: 100,
      after: 0,
    });
    return items.map(({ type }) => type);
  };
  return { ...stack, driver, eventsOfAcme };
}

const DAY_MS = 86_400_000;

describe('a request with an idempotency key', () => {
  it('returns the first result when it is repeated on any instance, and changes nothing', async () => {
    const { service, another, eventsOfAcme } = await withAcme();
    const first = await sendRequest(service, user('ann'), promote);
    expect(first.wasReplayed).to.equal(false);
    const events = await eventsOfAcme();
    for (const instance of [service, another().service]) {
      expect(await sendRequest(instance, user('ann'), promote)).to.deep.equal({
        ...first,
        wasReplayed: true,
      });
    }
    expect(await eventsOfAcme()).to.deep.equal(events);
  });

  it('returns the first result even if the records have changed since', async () => {
    const { service } = await withAcme();
    const first = await sendRequest(service, user('ann'), promote);
    await demote(service, user('ann'));
    await service.memberships.remove(user('ann'), ACME, BOB);
    expect(await sendRequest(service, user('ann'), promote)).to.deep.equal({ ...first, wasReplayed: true });
    expect(await errorCodeOf(service.memberships.get(user('ann'), ACME, BOB))).to.equal(
      'membership_not_found',
    );
  });

  it('returns no result again if the first attempt had none', async () => {
    const { service } = await withAcme();
    const remove = (on: AccountService, caller: Caller) => on.memberships.remove(caller, ACME, BOB);
    expect(await sendRequest(service, user('ann'), remove)).to.deep.equal({
      result: undefined,
      wasReplayed: false,
    });
    expect(await sendRequest(service, user('ann'), remove)).to.deep.equal({
      result: undefined,
      wasReplayed: true,
    });
  });

  it('is refused if the key was used for a different request, which remains stored', async () => {
    const { service, eventsOfAcme } = await withAcme();
    await sendRequest(service, user('ann'), promote);
    const events = await eventsOfAcme();
    for (const change of [promote, demote]) {
      const other = sendRequest(service, user('ann'), change, { fingerprint: 'other' });
      expect(await errorCodeOf(other)).to.equal('idempotency_key_reused');
    }
    expect(await eventsOfAcme()).to.deep.equal(events);
    expect((await sendRequest(service, user('ann'), promote)).wasReplayed).to.equal(true);
    expect((await sendRequest(service, user('ann'), demote, { key: 'other' })).wasReplayed).to.equal(false);
  });

  it('can be repeated for 24 hours', async () => {
    const { service, clock } = await withAcme();
    const first = await sendRequest(service, user('ann'), rename('One'));
    await rename('Two')(service, user('ann'));
    await clock.advance(DAY_MS - 1);
    expect(await sendRequest(service, user('ann'), rename('One'))).to.deep.equal({
      ...first,
      wasReplayed: true,
    });
    await clock.advance(1);
    const again = await sendRequest(service, user('ann'), rename('One'));
    expect(again.wasReplayed).to.equal(false);
    expect(again.result).to.deep.include({ version: 4 });
    expect(await sendRequest(service, user('ann'), rename('One'))).to.deep.equal({
      ...again,
      wasReplayed: true,
    });
  });

  it('does not use up the key if it is refused', async () => {
    const { service } = await withAcme();
    expect(await errorCodeOf(sendRequest(service, user('bob'), rename('One')))).to.equal('forbidden');
    await promote(service, user('ann'));
    const allowed = await sendRequest(service, user('bob'), rename('Two'), { fingerprint: 'other' });
    expect(allowed.wasReplayed).to.equal(false);
    expect(allowed.result).to.have.nested.property('record.displayName', 'Two');
  });

  it('does not use up the key if there is nothing to change', async () => {
    const { service } = await withAcme();
    const idle = await sendRequest(service, user('ann'), rename('acme'));
    expect(idle.result).to.deep.include({ version: 1 });
    await rename('Other')(service, user('ann'));
    const back = await sendRequest(service, user('ann'), rename('acme'));
    expect(back.wasReplayed).to.equal(false);
    expect(back.result).to.deep.include({ version: 3 });
  });

  it('has a key that is scoped to its caller', async () => {
    const { service } = await withAcme();
    const named = (name: string): Caller => ({ type: 'service', name, scopes: ['admin'] });
    const callers: Readonly<Record<string, Caller>> = {
      ann: user('ann'),
      carl: user('carl'),
      billing: named('billing'),
      support: named('support'),
      'billing for ann': { ...named('billing'), onBehalfOf: ANN } as Caller,
      'support for ann': { ...named('support'), onBehalfOf: ANN } as Caller,
      'a service named ann': named('ann'),
    };
    const firsts = new Map<string, unknown>();
    for (const [who, caller] of Object.entries(callers)) {
      const { result, wasReplayed } = await sendRequest(service, caller, rename(who), { fingerprint: who });
      expect(wasReplayed, who).to.equal(false);
      firsts.set(who, result);
    }
    for (const [who, caller] of Object.entries(callers)) {
      const again = await sendRequest(service, caller, rename(who), { fingerprint: who });
      expect(again, who).to.deep.equal({ result: firsts.get(who), wasReplayed: true });
    }
  });

  it('is also idempotent for anonymous callers', async () => {
    const { service, driver } = await withAcme();
    const create = (on: AccountService) => serviceDriver(on).createUser('dora');
    const first = await sendRequest(service, anonymous, create);
    expect(await sendRequest(service, anonymous, create)).to.deep.equal({ ...first, wasReplayed: true });
    expect(await errorCodeOf(driver.createUser('dora'))).to.equal('user_already_exists');
  });

  it('does not find keys of a deleted user with the same name', async () => {
    const { service, driver } = await withAcme();
    const edit = (name: string) => (on: AccountService) =>
      on.users.update(user('bob'), BOB, { firstName: text(name) });
    await sendRequest(service, user('bob'), edit('Old'));
    await service.users.delete(user('bob'), BOB);
    expect(await errorCodeOf(sendRequest(service, user('bob'), edit('Old')))).to.equal('unauthenticated');
    await driver.createUser('bob');
    const fresh = await sendRequest(service, user('bob'), edit('New'), { fingerprint: 'other' });
    expect(fresh.wasReplayed).to.equal(false);
    expect(fresh.result).to.have.nested.property('record.firstName', 'New');
  });

  it('is refused while the user is suspended, and returns the first result afterwards', async () => {
    const { service } = await withAcme();
    const first = await sendRequest(service, user('carl'), promote);
    await service.users.suspend(admin, user('carl').username);
    expect(await errorCodeOf(sendRequest(service, user('carl'), promote))).to.equal('unauthenticated');
    const behalf: Caller = {
      type: 'service',
      name: 'x',
      scopes: ['admin'],
      onBehalfOf: user('carl').username,
    };
    expect(await errorCodeOf(sendRequest(service, behalf, promote))).to.equal('user_suspended');
    await service.users.resume(admin, user('carl').username);
    expect(await sendRequest(service, user('carl'), promote)).to.deep.equal({ ...first, wasReplayed: true });
  });

  it('is looked up before permissions are checked', async () => {
    const { service, another } = await withAcme();
    const carl = user('carl');
    const leave = (on: AccountService) => on.memberships.remove(carl, ACME, carl.username);
    await sendRequest(service, carl, leave);
    const elsewhere = another().service;
    expect(await errorCodeOf(leave(elsewhere))).to.equal('organization_not_found');
    expect((await sendRequest(elsewhere, carl, leave)).wasReplayed).to.equal(true);
  });

  it('is neither looked up nor stored without a key', async () => {
    const { service, store } = await withAcme();
    let lookups = 0;
    store.readIdempotencyRecord = async () => {
      lookups += 1;
      return undefined;
    };
    await promote(service, user('ann'));
    expect(lookups).to.equal(0);
  });

  it('is not executed if the lookup fails', async () => {
    const { service, store, eventsOfAcme } = await withAcme();
    const events = await eventsOfAcme();
    const failure = new Error('scripted');
    store.readIdempotencyRecord = () => Promise.reject(failure);
    const answer = await sendRequest(service, user('ann'), promote).catch((error: unknown) => error);
    expect(answer).to.equal(failure).and.not.instanceOf(DomainError);
    expect(await eventsOfAcme()).to.deep.equal(events);
  });

  it('has the key of the user who sent it', () => {
    const { userKey } = new IdempotentRequest({ caller: user('ann'), key: 'k', fingerprint: 'f' });
    expect(userKey).to.deep.equal({ kind: 'user', username: 'ann' });
    expect(new IdempotentRequest({ caller: admin, key: 'k', fingerprint: 'f' }).userKey).to.equal(undefined);
  });
});
