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
  'quotes of all sorts': `"double" 'single' \`back\` ‘’“”`,
  'backslashes and escapes': String.raw`\ \\ \n \u0000 \' C:\temp\\`,
  'what looks like SQL': `'); DROP TABLE users; -- /* $1 :name ? @p`,
  'what looks like markup or a template': '<b>&amp;</b> {{y}} %s #PK @x',
  'names that objects have already': '__proto__',
  'emoji made of several code points': '👩‍👩‍👧‍👦 🏳️‍🌈 e\u0301',
  'other scripts, from both sides': 'Ζωή 山田 שלום مرحبا',
  'spaces at both ends': '  Ann  ',
  '100 characters outside the basic plane': '😀'.repeat(100),
  'what looks like a number': '0012.50',
  'what looks like nothing': 'null',
};

/** Whatever the domain allows comes back as it was, field by field. */
export function valueRules(current: CurrentStore): void {
  for (const [name, value] of Object.entries(TEXTS)) {
    it(`texts are kept character by character: ${name}`, async () => {
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

  it('an e-mail address that is absent stays absent, and can come and go', async () => {
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

  it('lists inside records keep their order and length, the empty one too', async () => {
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

  it('names and addresses of the greatest length and with every character are different keys', async () => {
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

  it('a user, an organization and a claim of one name are three records', async () => {
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

  it('"constructor" is a name like any other: nobody has it until somebody takes it', async () => {
    const { store } = current();
    const key = userKey(parseUsername('constructor'));
    expect(await load(store, key)).to.deep.equal({ key, version: 0, record: undefined });
    const page = await store.listMembershipsOfUser(parseUsername('constructor'), { limit: 10 }, deadline());
    expect(page.items).to.deep.equal([]);
  });
}
