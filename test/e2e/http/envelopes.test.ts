import { expect } from 'chai';
import { type Answer, ApiClient, createOrganization, createUsers } from '../../support/api-client.ts';
import { type ComposedService, startComposedService } from '../../support/composed-service.ts';

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const USER = ['id', 'username', 'firstName', 'lastName', 'status', 'version', 'createdAt', 'updatedAt'];
const MEMBERSHIP = ['organizationName', 'memberUsername', 'role', 'version', 'createdAt', 'updatedAt'];
const ORGANIZATION = [
  'id',
  'organizationName',
  'displayName',
  'foundingUser',
  'status',
  'version',
  'createdAt',
  'updatedAt',
];

describe('what the HTTP API answers', () => {
  let service: ComposedService;
  let api: ApiClient;
  let olivia: ApiClient;

  before(async () => {
    service = await startComposedService();
    api = new ApiClient(service.url);
    olivia = api.as('olivia');
    await createOrganization(api, 'Olivia Org', { olivia: 'Owner', michael: 'Member' });
  });

  after(() => service.close());

  const headersOf = ({ headers }: Answer, ...names: string[]) => names.map((name) => headers.get(name));

  it('a new user', async () => {
    const answer = await api.post('/users', { username: 'new', firstName: 'N', lastName: 'W' });
    expect(answer.status).to.equal(201);
    expect(answer.body).to.have.all.keys('user');
    expect(answer.body.user).to.have.all.keys(USER);
    expect(answer.body.user).to.include({ username: 'new', status: 'active', version: 1 });
    expect(answer.body.user?.id).to.be.a('string').and.not.equal('');
    expect(answer.body.user?.createdAt).to.match(TIME).and.equal(answer.body.user?.updatedAt);
    expect(headersOf(answer, 'Location', 'ETag')).to.deep.equal(['/users/new', '"1"']);
  });

  it('a user with an e-mail address, as it was written', async () => {
    const email = 'Olivia.Owner+x@Example.COM';
    const answer = await api.post('/users', { username: 'mailed', firstName: 'M', lastName: 'D', email });
    expect(answer.body.user).to.have.all.keys(...USER, 'email');
    expect(answer.body.user).to.include({ email });
    expect((await api.get('/users/mailed')).body).to.deep.equal(answer.body);
  });

  it('a user', async () => {
    const answer = await api.get('/users/michael');
    expect(answer.status).to.equal(200);
    expect(answer.body).to.have.all.keys('user');
    expect(answer.body.user).to.have.all.keys(USER);
    expect(headersOf(answer, 'Location', 'ETag')).to.deep.equal([null, '"1"']);
  });

  it('a new organization', async () => {
    const answer = await olivia.post('/organizations', { organizationName: 'Brand New' });
    expect(answer.status).to.equal(201);
    expect(answer.body).to.have.all.keys('organization');
    expect(answer.body.organization).to.have.all.keys(ORGANIZATION);
    expect(answer.body.organization).to.include({
      organizationName: 'brand-new',
      displayName: 'Brand New',
      foundingUser: 'olivia',
      status: 'active',
      version: 1,
    });
    expect(answer.body.organization?.createdAt).to.match(TIME);
    expect(headersOf(answer, 'Location', 'ETag')).to.deep.equal(['/organizations/brand-new', '"1"']);
    expect((await olivia.get('/organizations/brand-new')).body).to.deep.equal(answer.body);
  });

  it('a new membership', async () => {
    await createUsers(api, 'nina');
    const added = { memberUsername: 'nina', role: 'Admin' };
    const answer = await olivia.post('/organizations/olivia-org/members', added);
    expect(answer.status).to.equal(201);
    expect(answer.body).to.have.all.keys('membership');
    expect(answer.body.membership).to.have.all.keys(MEMBERSHIP);
    expect(answer.body.membership).to.include({ ...added, organizationName: 'olivia-org', version: 1 });
    expect(headersOf(answer, 'Location', 'ETag')).to.deep.equal([
      '/organizations/olivia-org/members/nina',
      '"1"',
    ]);
    expect((await olivia.get('/organizations/olivia-org/members/nina')).body).to.deep.equal(answer.body);
  });

  it('a membership', async () => {
    const answer = await olivia.get('/organizations/olivia-org/members/michael');
    expect(answer.body).to.have.all.keys('membership');
    expect(answer.body.membership).to.have.all.keys(MEMBERSHIP);
    expect(answer.body.membership?.createdAt).to.match(TIME);
  });

  it('a membership whose role was changed: later and one version on', async () => {
    await createUsers(api, 'rose');
    await olivia.post('/organizations/olivia-org/members', { memberUsername: 'rose', role: 'Member' });
    const answer = await olivia.patch('/organizations/olivia-org/members/rose', { role: 'Admin' });
    expect(answer.status).to.equal(200);
    expect(answer.body).to.have.all.keys('membership');
    expect(answer.body.membership).to.have.all.keys(MEMBERSHIP);
    expect(answer.body.membership).to.include({ role: 'Admin', version: 2 });
    expect(headersOf(answer, 'ETag', 'Location')).to.deep.equal(['"2"', null]);
  });

  it('a removed membership: nothing', async () => {
    await createUsers(api, 'rita');
    await olivia.post('/organizations/olivia-org/members', { memberUsername: 'rita', role: 'Member' });
    const answer = await olivia.delete('/organizations/olivia-org/members/rita');
    expect(answer).to.include({ status: 204, text: '' });
    expect(headersOf(answer, 'Content-Type', 'ETag')).to.deep.equal([null, null]);
  });

  it('a list of members: memberships with the names and the status of the user', async () => {
    const answer = await olivia.get('/organizations/olivia-org/members');
    expect(answer.status).to.equal(200);
    expect(answer.body).to.have.all.keys('members');
    for (const member of answer.body.members ?? []) {
      expect(member).to.have.all.keys(...MEMBERSHIP, 'firstName', 'lastName', 'status');
      expect(member).to.include({ firstName: 'Some', lastName: 'Body', status: 'active' });
    }
    expect(headersOf(answer, 'ETag')).to.deep.equal([null]);
  });

  it("a list of a user's memberships", async () => {
    const answer = await api.as('michael').get('/users/michael/organizations');
    expect(answer.status).to.equal(200);
    expect(answer.body).to.have.all.keys('memberships');
    expect(answer.body.memberships).to.have.length(1);
    expect(answer.body.memberships?.[0]).to.have.all.keys(MEMBERSHIP);
  });

  it('a part of a list: with a cursor', async () => {
    const answer = await olivia.get('/organizations/olivia-org/members?limit=1');
    expect(answer.body).to.have.all.keys('members', 'nextCursor');
  });

  it('that it lives', async () => {
    const answer = await api.get('/health/live');
    expect(answer.status).to.equal(200);
    expect(answer.body).to.deep.equal({ status: 'live' });
    expect(answer.headers.get('Content-Type')).to.equal('application/json');
  });

  const everyResource: Readonly<Record<string, () => Promise<Answer>>> = {
    'GET a user': () => olivia.get('/users/michael'),
    'GET a missing user': () => olivia.get('/users/nobody'),
    "GET a user's organizations": () => olivia.get('/users/olivia/organizations'),
    'GET an organization': () => olivia.get('/organizations/olivia-org'),
    'GET the members': () => olivia.get('/organizations/olivia-org/members'),
    'GET a membership': () => olivia.get('/organizations/olivia-org/members/michael'),
    'GET a missing membership': () => olivia.get('/organizations/olivia-org/members/nobody'),
    'PATCH a membership': () => olivia.patch('/organizations/olivia-org/members/michael', { role: 'Member' }),
    'POST nonsense': () => olivia.post('/organizations', {}),
    'GET without credentials': () => api.get('/organizations/olivia-org'),
  };
  for (const [what, ask] of Object.entries(everyResource)) {
    it(`${what}: for this caller only, and to be asked for again each time`, async () => {
      expect(headersOf(await ask(), 'Cache-Control', 'Vary')).to.deep.equal([
        'private, no-cache',
        'Authorization',
      ]);
    });
  }

  it('JSON as application/json, of the length that it says', async () => {
    const { headers, text } = await api.get('/users/michael');
    expect(headers.get('Content-Type')).to.equal('application/json');
    expect(headers.get('Content-Length')).to.equal(String(Buffer.byteLength(text)));
  });

  it('nothing about what it is made with', async () => {
    const answer = await api.get('/users/michael');
    expect(headersOf(answer, 'X-Powered-By', 'Server')).to.deep.equal([null, null]);
  });
});
