import { expect } from 'chai';
import { normalizeEmail, parseEmail, parseSlug, parseUsername } from '../../../src/domain/names.ts';
import { emailKey, organizationKey, userKey } from '../../../src/domain/records.ts';
import {
  anEmailClaim,
  anOrganization,
  aUser,
  create,
  text,
  unique,
  uniqueEmail,
  uniqueSlug,
  uniqueUsername,
  update,
} from '../../support/accounts.ts';
import { deadline } from '../../support/deadline.ts';
import { type CurrentStore, commit, load } from './store-under-test.ts';

const TEXTS: Readonly<Record<string, string>> = {
  'all kinds of quotes': `"double" 'single' \`back\` ‘’“”`,
  'backslashes and escapes': String.raw`\ \\ \n \u0000 \' C:\temp\\`,
  'SQL syntax': `'); DROP TABLE users; -- /* $1 :name ? @p`,
  'markup and template syntax': '<b>&amp;</b> {{y}} %s #PK @x',
  'a property of Object.prototype': '__proto__',
  'emoji of several code points': '👩‍👩‍👧‍👦 🏳️‍🌈 e\u0301',
  'other scripts, left-to-right and right-to-left': 'Ζωή 山田 שלום مرحبا',
  'leading and trailing spaces': '  Ann  ',
  '100 characters outside the Basic Multilingual Plane': '😀'.repeat(100),
  'a number': '0012.50',
  'the text "null"': 'null',
};

/** Every value that the domain allows is stored without loss. */
export function valueRules(current: CurrentStore): void {
  for (const [name, value] of Object.entries(TEXTS)) {
    it(`stores text character by character: ${name}`, async () => {
      const { store } = current();
      const user = aUser({ firstName: text(value), lastName: text(value) });
      const organization = anOrganization({ displayName: text(value) });
      const [ofUser, ofOrganization] = [
        userKey(user.username),
        organizationKey(organization.organizationName),
      ] as const;
      await commit(store, [create(ofUser, user), create(ofOrganization, organization)]);
      expect((await load(store, ofUser)).record).to.deep.equal(user);
      expect((await load(store, ofOrganization)).record).to.deep.equal(organization);
    });
  }

  it('stores, adds and removes the optional e-mail address', async () => {
    const { store } = current();
    const user = aUser();
    const key = userKey(user.username);
    await commit(store, [create(key, user)]);
    expect((await load(store, key)).record)
      .to.deep.equal(user)
      .and.not.have.property('email');
    const reachable = { ...user, email: uniqueEmail('Ann.Archer') };
    await commit(store, [update(key, 1, reachable)]);
    expect((await load(store, key)).record).to.deep.equal(reachable);
    await commit(store, [update(key, 2, user)]);
    expect((await load(store, key)).record)
      .to.deep.equal(user)
      .and.not.have.property('email');
  });

  it('preserves the order and the length of lists in records, also of empty ones', async () => {
    const { store } = current();
    const owners = Array.from({ length: 100 }, (_, index) => uniqueUsername(`o${(index * 37) % 100}`));
    const ownerOf = Array.from({ length: 25 }, () => ({
      name: uniqueSlug('z'),
      id: unique('org_'),
    })).toReversed();
    const organization = anOrganization({ owners });
    const [user, owningNothing] = [aUser({ ownerOf }), aUser({ ownerOf: [] })];
    await commit(store, [
      create(organizationKey(organization.organizationName), organization),
      create(userKey(user.username), user),
      create(userKey(owningNothing.username), owningNothing),
    ]);
    const found = await store.readMany(
      [
        organizationKey(organization.organizationName),
        userKey(user.username),
        userKey(owningNothing.username),
      ],
      deadline(),
    );
    expect(found.map(({ record }) => record)).to.deep.equal([organization, user, owningNothing]);
  });

  it('distinguishes names and addresses of maximum length and with all allowed characters', async () => {
    const { store } = current();
    const base = unique('x');
    const tails = ['', '.', '_', '-', 'a', '..', '.-_', '0'.repeat(63 - base.length)];
    const users = tails.map((tail) => aUser({ username: parseUsername(base + tail) }));
    const claims = ["%/#:'", '%', '_', 'a', '*?', '日本', '__proto__+', 'l'.repeat(220 - base.length)].map(
      (tail) => ({
        key: emailKey(normalizeEmail(parseEmail(`${base}${tail}@example.org`))),
        record: anEmailClaim(),
      }),
    );
    await commit(store, [
      ...users.map((user) => create(userKey(user.username), user)),
      ...claims.map(({ key, record }) => create(key, record)),
    ]);
    for (const user of users) {
      expect((await load(store, userKey(user.username))).record).to.deep.equal(user);
    }
    for (const { key, record } of claims) {
      expect(await load(store, key)).to.deep.equal({ key, version: 1, record });
    }
  });

  it('distinguishes a user and an organization with the same name', async () => {
    const { store } = current();
    const name = unique('same');
    const user = aUser({ username: parseUsername(name) });
    const organization = anOrganization({ organizationName: parseSlug(name) });
    await commit(store, [create(userKey(user.username), user)]);
    expect((await load(store, organizationKey(organization.organizationName))).version).to.equal(0);
    await commit(store, [create(organizationKey(organization.organizationName), organization)]);
    expect((await load(store, userKey(user.username))).record).to.deep.equal(user);
    expect((await load(store, organizationKey(organization.organizationName))).record).to.deep.equal(
      organization,
    );
  });

  it('treats "constructor" as an ordinary name, which is absent until it is created', async () => {
    const { store } = current();
    const key = userKey(parseUsername('constructor'));
    expect(await load(store, key)).to.deep.equal({ key, version: 0, record: undefined });
    const page = await store.listMembershipsOfUser(parseUsername('constructor'), { limit: 10 }, deadline());
    expect(page.items).to.deep.equal([]);
  });
}
