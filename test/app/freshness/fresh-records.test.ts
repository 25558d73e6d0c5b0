import { expect } from 'chai';
import { changeOf, put } from '../../../src/domain/change.ts';
import { organizationKey, userKey } from '../../../src/domain/records.ts';
import { aUser, uniqueSlug, uniqueUsername } from '../../support/accounts.ts';
import { freshStack } from '../../support/fresh-stack.ts';

const NOW = '2026-01-01T00:00:00.000Z';

describe('FreshRecords', () => {
  it('reads a set of named keys: one key, several or none per name', async () => {
    const { records } = freshStack();
    const [tom, ann] = [userKey(uniqueUsername()), userKey(uniqueUsername())];
    const loaded = await records.read({
      one: tom,
      same: tom,
      several: [ann, tom],
      none: undefined,
      empty: [],
    });
    const absent = (key: typeof tom) => ({ key, version: 0, record: undefined });
    expect(loaded).to.deep.equal({
      one: absent(tom),
      same: absent(tom),
      several: [absent(ann), absent(tom)],
      none: undefined,
      empty: [],
    });
  });

  it('reads a set for each item and returns the results in order', async () => {
    const { records, store } = freshStack();
    const slugs = [uniqueSlug(), uniqueSlug(), uniqueSlug()];
    const me = userKey(uniqueUsername());
    const answers = await records.readEach(
      slugs,
      (slug) => ({ me, organization: organizationKey(slug) }),
      ({ organization }, slug) => [organization.key.name, slug],
    );
    expect(answers).to.deep.equal(slugs.map((slug) => [slug, slug]));
    expect(store.reads).to.equal(1);
  });

  it('reads nothing if there are no items', async () => {
    const { records, store, cache } = freshStack();
    const none = await records.readEach(
      [],
      () => ({}),
      () => 0,
    );
    expect(none).to.deep.equal([]);
    expect([store.reads, cache.calls.length]).to.deep.equal([0, 0]);
  });

  it('passes a set and its follow-up set to the plan, both from one snapshot', async () => {
    const { records, store, clock } = freshStack();
    const name = uniqueSlug();
    const user = aUser({ username: uniqueUsername(), ownerOf: [{ name, id: 'org_1' }] });
    const key = userKey(user.username);
    await records.change({ user: key }, (loaded) => ({
      result: undefined,
      change: changeOf({ at: NOW, writes: [put(loaded.user, user)], preconditions: [], events: [] }),
    }));
    const seen = await records.changeWithFollowUp(
      { user: key },
      (loaded) => ({
        same: key,
        listed: loaded.user.record?.ownerOf.map((owned) => organizationKey(owned.name)) ?? [],
      }),
      (loaded) => ({
        result: loaded,
        change: changeOf({
          at: NOW,
          writes: [put(loaded.user, user)],
          preconditions: loaded.listed,
          events: [],
        }),
      }),
    );
    const tom = { key, version: 1, record: user };
    const listed = [{ key: organizationKey(name), version: 0, record: undefined }];
    expect(seen).to.deep.equal({ user: tom, same: tom, listed });
    expect((await store.readMany([key], clock.monotonic() + 1))[0].version).to.equal(2);
  });
});
