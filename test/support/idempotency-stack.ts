import type { AccountService } from '../../src/app/account-service.ts';
import { IdempotentRequest } from '../../src/app/freshness/idempotent-request.ts';
import type { Caller } from '../../src/domain/caller.ts';
import { parseSlug, parseUsername } from '../../src/domain/names.ts';
import { membershipKey } from '../../src/domain/records.ts';
import { accountStack, serviceDriver, user } from './account-stack.ts';
import { text } from './accounts.ts';

export const ANN = parseUsername('ann');
export const BOB = parseUsername('bob');
export const ACME = parseSlug('acme');
/** The membership of "bob" in "acme". */
export const MEMBERSHIP = membershipKey(ACME, BOB);

export const ann = user('ann');

export type Operation<Result = unknown> = (service: AccountService, caller: Caller) => Promise<Result>;

export interface RequestResult<Result = unknown> {
  readonly result: Result;
  readonly wasReplayed: boolean;
}

/** Makes a change as an idempotent request; calls with the same key and fingerprint are retries of it. */
export async function sendRequest<Result>(
  service: AccountService,
  caller: Caller,
  change: Operation<Result>,
  { key = 'key', fingerprint = 'first' } = {},
): Promise<RequestResult<Result>> {
  const request = new IdempotentRequest({ caller, key, fingerprint });
  const result = await change(service.withIdempotency(request), caller);
  return { result, wasReplayed: request.wasReplayed };
}

export const promote = (service: AccountService, caller: Caller) =>
  service.memberships.changeRole(caller, ACME, BOB, 'Admin');

export const demote = (service: AccountService, caller: Caller) =>
  service.memberships.changeRole(caller, ACME, BOB, 'Member');

export const rename = (displayName: string) => (service: AccountService, caller: Caller) =>
  service.organizations.update(caller, ACME, text(displayName));

/** "ann" owns "acme", in which "bob" is a Member; three instances. */
export async function idempotencyStack() {
  const stack = accountStack();
  const driver = serviceDriver(stack.service);
  for (const name of ['ann', 'bob']) await driver.createUser(name);
  await driver.createOrganization('ann', 'acme');
  await driver.add('ann', 'acme', 'bob', 'Member');
  const { store, clock } = stack;
  const deadline = () => clock.monotonic() + 1000;
  const readMembership = async () => (await store.readMany([MEMBERSHIP], deadline()))[0];
  const events = async () => {
    const page = await stack.service.organizations.listEvents(ann, ACME, { limit: 100, after: 0 });
    return page.items.map(({ type }) => type);
  };
  /** Runs a step once, between the next lookup of an idempotency record and its result. */
  const afterNextLookup = (step: () => Promise<void>) => {
    const readRecord = store.readIdempotencyRecord.bind(store);
    store.readIdempotencyRecord = async (...args) => {
      store.readIdempotencyRecord = readRecord;
      const found = await readRecord(...args);
      await step();
      return found;
    };
  };
  const crashAfterCommit = () => {
    store.afterCommit = async () => {
      store.afterCommit = async () => {};
      throw new Error('scripted crash');
    };
  };
  return {
    ...stack,
    deadline,
    readMembership,
    events,
    afterNextLookup,
    crashAfterCommit,
    other: stack.another(),
    third: stack.another(),
  };
}
