import { expect } from 'chai';
import { createOrganization, createUsers, invalidFields, problemOf } from '../../support/api-client.ts';
import { useService } from '../../support/use-service.ts';

const quoted = (text: string): string => JSON.stringify(text.length > 30 ? `${text.slice(0, 30)}…` : text);

describe('names', () => {
  const service = useService();
  const { api } = service;
  const olivia = api.as('olivia');

  before(async () => {
    await createOrganization(api, 'Olivia Org', { olivia: 'Owner', michael: 'Member' });
  });

  const displayNames = { firstName: 'Some', lastName: 'Body' };

  describe('a username in upper case names the same user', () => {
    it('when it is created', async () => {
      const response = await api.post('/users', { username: 'Upper.CASE', ...displayNames });
      expect(response.body.user?.username).to.equal('upper.case');
      expect(response.headers.get('Location')).to.equal('/users/upper.case');
    });

    it('so that it cannot be created twice', async () => {
      const response = await api.post('/users', { username: 'MICHAEL', ...displayNames });
      expect(problemOf(response)).to.equal('409 user_already_exists');
    });

    it('in a path', async () => {
      expect((await api.get('/users/MICHAEL')).body.user?.username).to.equal('michael');
      const membership = await olivia.get('/organizations/OLIVIA-ORG/members/MiChAeL');
      expect(membership.body.membership?.memberUsername).to.equal('michael');
    });

    it('in the Authorization header', async () => {
      expect((await api.as('OLIVIA').get('/users/olivia/organizations')).status).to.equal(200);
    });

    it('when it is added as a member', async () => {
      await createUsers(api, 'ursula');
      const added = await olivia.post('/organizations/olivia-org/members', {
        memberUsername: 'URSULA',
        role: 'Member',
      });
      expect(added.body.membership?.memberUsername).to.equal('ursula');
      expect(added.headers.get('Location')).to.equal('/organizations/olivia-org/members/ursula');
    });
  });

  for (const good of [
    'a',
    '0',
    'a'.repeat(63),
    'a.b_c-d',
    '9--',
    'constructor',
    'tostring',
    'then',
    'null',
  ]) {
    it(`accepts the username ${quoted(good)}`, async () => {
      await createUsers(api, good);
      expect((await api.get(`/users/${good}`)).body.user?.username).to.equal(good);
      expect((await api.as(good).get(`/users/${good}/organizations`)).body).to.deep.equal({
        memberships: [],
      });
      expect(problemOf(await olivia.get(`/organizations/olivia-org/members/${good}`))).to.equal(
        '404 membership_not_found',
      );
    });
  }

  const badUsernames = [
    '',
    ' ',
    '.a',
    '-a',
    '_a',
    'a b',
    ' a',
    'a ',
    'a#b',
    'a/b',
    'a%b',
    'a:b',
    'é',
    '😀',
  ].concat(['__proto__', '../x', 'a\nb', 'a\u0000', '\u001b[31m', 'a'.repeat(64), 'a'.repeat(300), '\ud800']);
  for (const bad of badUsernames) {
    it(`rejects the username ${quoted(bad)} of a new user`, async () => {
      const response = await api.post('/users', { username: bad, ...displayNames });
      expect(invalidFields(response)).to.deep.equal(['username']);
    });

    it(`rejects the username ${quoted(bad)} of a new member`, async () => {
      const response = await olivia.post('/organizations/olivia-org/members', {
        memberUsername: bad,
        role: 'Member',
      });
      expect(invalidFields(response)).to.deep.equal(['memberUsername']);
    });
  }

  for (const bad of badUsernames.filter((name) => name !== '' && name !== '\ud800')) {
    it(`rejects the username ${quoted(bad)} in a path`, async () => {
      const response = await olivia.get(`/users/${encodeURIComponent(bad)}`);
      expect(invalidFields(response)).to.deep.equal(['path.username']);
    });
  }

  const slugs: Readonly<Record<string, string>> = {
    'C# & Söhne': 'c-and-sohne',
    'a/b%c?d': 'a-b-c-d',
    'Rock 🎸 Band': 'rock-band',
    __proto__: 'proto',
    constructor: 'constructor',
    "Olivia's Café": 'olivias-cafe',
    ' padded ': 'padded',
    '-': '',
    [`x${'y'.repeat(49)}`]: `x${'y'.repeat(49)}`,
    [`x${'y'.repeat(50)}`]: '',
    '😀': '',
    '': '',
    '   ': '',
    'new\nline': '',
    'nul\u0000': '',
    ['300'.repeat(100)]: '',
  };
  for (const [name, slug] of Object.entries(slugs)) {
    if (slug === '') {
      it(`rejects the organization name ${quoted(name)}`, async () => {
        const response = await olivia.post('/organizations', { organizationName: name });
        expect(invalidFields(response)).to.deep.equal(['organizationName']);
      });
    } else {
      it(`makes the organization name ${quoted(name)} the slug ${quoted(slug)}`, async () => {
        const response = await olivia.post('/organizations', { organizationName: name });
        expect(response.body.organization).to.include({ organizationName: slug, displayName: name });
        expect(response.headers.get('Location')).to.equal(`/organizations/${slug}`);
        expect((await olivia.get(`/organizations/${slug}`)).body).to.deep.equal(response.body);
      });
    }
  }

  it('rejects an organization name with the slug of another organization', async () => {
    const response = await api.as('michael').post('/organizations', { organizationName: ' OLIVIA  org!' });
    expect(problemOf(response)).to.equal('409 organization_already_exists');
  });

  for (const bad of [
    'Olivia Org',
    'olivia_org',
    '.',
    'é',
    '__proto__',
    'a'.repeat(51),
    'olivia-org\u0000',
    '#',
  ]) {
    it(`rejects the organization ${quoted(bad)} in a path`, async () => {
      const path = `/organizations/${bad === '.' ? 'a.b' : encodeURIComponent(bad)}`;
      expect(invalidFields(await olivia.get(path))).to.deep.equal(['path.organization']);
    });
  }

  const goodTexts = [
    '#',
    '/',
    '%',
    '%2F',
    '__proto__',
    'O’Brien',
    "Robert'); DROP TABLE users;--",
    '<b>"&',
    '日本語',
  ];
  for (const text of [...goodTexts, '👩‍👩‍👧‍👦', 'שלום', '😀'.repeat(100), 'null', '0', '\\u0000', '$&']) {
    it(`keeps the first and last name ${quoted(text)} unchanged`, async () => {
      const username = `named-${Buffer.from(text).toString('hex').slice(0, 40)}`;
      const response = await api.post('/users', { username, firstName: text, lastName: text });
      expect(response.body.user).to.include({ firstName: text, lastName: text });
      expect((await api.get(`/users/${username}`)).body).to.deep.equal(response.body);
    });
  }

  const badTexts = ['', ' ', '\t', '\u00a0', 'a\u0000', 'a\nb', '\u007f', '\u0085', '\u2028', '\ud800'];
  for (const text of [...badTexts, 'a'.repeat(101), 'a'.repeat(300), '😀'.repeat(101)]) {
    it(`rejects the first and last name ${quoted(text)}`, async () => {
      const response = await api.post('/users', { username: 'unnamed', firstName: text, lastName: text });
      expect(invalidFields(response)).to.deep.equal(['firstName', 'lastName']);
    });
  }

  for (const email of [
    '',
    'a',
    'a@b',
    '@b.c',
    'a@',
    'a b@c.d',
    'a@b@c.d',
    'a@b.c\n',
    `${'a'.repeat(250)}@b.cd`,
  ]) {
    it(`rejects the e-mail address ${quoted(email)}`, async () => {
      const response = await api.post('/users', { username: 'mailed', ...displayNames, email });
      expect(invalidFields(response)).to.deep.equal(['email']);
    });
  }

  it('accepts an e-mail address of 254 characters', async () => {
    const email = `${'a'.repeat(248)}@bc.de`;
    const response = await api.post('/users', { username: 'long-mail', ...displayNames, email });
    expect(response.body.user?.email).to.equal(email);
  });
});
