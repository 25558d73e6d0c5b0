import { expect } from 'chai';
import { StoreUnavailable } from '../../../src/ports/errors.ts';
import {
  aChange,
  aMembership,
  anEvent,
  create,
  keyOfMembership,
  organizationStream,
  SAMPLES,
  unique,
} from '../../support/accounts.ts';
import type { BoundStore } from '../../support/bound-store.ts';
import { deadline } from '../../support/deadline.ts';
import { type CurrentStore, commit, eventsOf, load } from './store-under-test.ts';

/** Operations whose deadline has passed. */
export function deadlineRules(current: CurrentStore): void {
  it('reject a commit as unavailable, and write nothing', async () => {
    const { store } = current();
    const membership = aMembership();
    const key = keyOfMembership(membership);
    const stream = organizationStream();
    const id = unique('request');
    const change = aChange([create(key, membership)], {
      events: [anEvent([stream])],
      idempotency: {
        id,
        fingerprint: 'f',
        response: 1,
        changedKeys: [key],
        expiresAt: '2099-01-01T00:00:00.000Z',
      },
    });
    for (const late of [-1, -1_000]) {
      const error = await rejectionReason(store.commit(change, deadline(late)));
      expect(error).to.be.instanceOf(StoreUnavailable);
    }
    expect(await load(store, key)).to.deep.equal({ key, version: 0, record: undefined });
    expect(await eventsOf(store, stream)).to.deep.equal([]);
    expect(await store.readIdempotencyRecord(id, change.at, deadline())).to.equal(undefined);
    await store.commit(change, deadline());
    expect((await load(store, key)).version).to.equal(1);
  });

  it('reject a read as unavailable, unless it succeeds', async () => {
    const { store } = current();
    const { key, first } = SAMPLES.user();
    await commit(store, [create(key, first)]);
    const membership = aMembership();
    const page = { limit: 1 };
    const reads: ((store: BoundStore) => Promise<unknown>)[] = [
      (of) => of.readMany([key], deadline(-1)),
      (of) => of.listMembershipsOfOrganization(membership.organizationName, page, deadline(-1)),
      (of) => of.listMembershipsOfUser(membership.memberUsername, page, deadline(-1)),
      (of) => of.listInvitations(membership.organizationId, page, deadline(-1)),
      (of) => of.scan(page, deadline(-1)),
      (of) => of.listEvents(organizationStream(), 0, 1, deadline(-1)),
      (of) => of.readIdempotencyRecord(unique('request'), '2026-01-01T00:00:00.000Z', deadline(-1)),
      (of) => of.readMeta(deadline(-1)),
    ];
    for (const read of reads) {
      const error = await rejectionReason(read(store));
      if (error !== undefined) expect(error).to.be.instanceOf(StoreUnavailable);
    }
  });

  it('do not write a meta record if replaceMeta is rejected as unavailable', async () => {
    const { store } = current();
    const { meta: before, answeredBy } = await store.readMeta(deadline());
    const next = { storeId: unique('store'), generation: 1, cache: 'none' };
    const error = await rejectionReason(store.replaceMeta(before, next, answeredBy, deadline(-1)));
    if (error !== undefined) expect(error).to.be.instanceOf(StoreUnavailable);
    const { meta } = await store.readMeta(deadline());
    expect(meta).to.deep.equal(error === undefined ? next : before);
  });
}

/** The error that a promise rejects with; `undefined` = it resolves. */
function rejectionReason(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: unknown) => error,
  );
}
