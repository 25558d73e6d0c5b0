import { expect } from 'chai';
import { type ApiResponse, createOrganization, createUsers } from '../../support/api-client.ts';
import { useService } from '../../support/use-service.ts';

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

describe('response bodies and headers', () => {
  const service = useService();
  const { api } = service;
  const olivia = api.as('olivia');

  before(async () => {
    await createOrganization(api, 'Olivia Org', { olivia: 'Owner', michael: 'Member' });
  });

  const headersOf = ({ headers }: ApiResponse, ...names: string[]) => names.map((name) => headers.get(name));

  it('of a created user', async () => {
    const response = await api.post('/users', { username: 'new', firstName: 'N', lastName: 'W' });
    expect(response.status).to.equal(201);
    expect(response.body).to.have.all.keys('user');
    expect(response.body.user).to.have.all.keys(USER);
    expect(response.body.user).to.include({ username: 'new', status: 'active', version: 1 });
    expect(response.body.user?.id).to.be.a('string').and.not.equal('');
    expect(response.body.user?.createdAt).to.match(TIME).and.equal(response.body.user?.updatedAt);
    expect(headersOf(response, 'Location', 'ETag')).to.deep.equal(['/users/new', '"1"']);
  });

  it('of a user, with the e-mail address as given', async () => {
    const email = 'Olivia.Owner+x@Example.COM';
    const response = await api.post('/users', { username: 'mailed', firstName: 'M', lastName: 'D', email });
    expect(response.body.user).to.have.all.keys(...USER, 'email');
    expect(response.body.user).to.include({ email });
    expect((await api.get('/users/mailed')).body).to.deep.equal(response.body);
  });

  it('of a user', async () => {
    const response = await api.get('/users/michael');
    expect(response.status).to.equal(200);
    expect(response.body).to.have.all.keys('user');
    expect(response.body.user).to.have.all.keys(USER);
    expect(headersOf(response, 'Location', 'ETag')).to.deep.equal([null, '"1"']);
  });

  it('of a created organization', async () => {
    const response = await olivia.post('/organizations', { organizationName: 'Brand New' });
    expect(response.status).to.equal(201);
    expect(response.body).to.have.all.keys('organization');
    expect(response.body.organization).to.have.all.keys(ORGANIZATION);
    expect(response.body.organization).to.include({
      organizationName: 'brand-new',
      displayName: 'Brand New',
      foundingUser: 'olivia',
      status: 'active',
      version: 1,
    });
    expect(response.body.organization?.createdAt).to.match(TIME);
    expect(headersOf(response, 'Location', 'ETag')).to.deep.equal(['/organizations/brand-new', '"1"']);
    expect((await olivia.get('/organizations/brand-new')).body).to.deep.equal(response.body);
  });

  it('of a created membership', async () => {
    await createUsers(api, 'nina');
    const added = { memberUsername: 'nina', role: 'Admin' };
    const response = await olivia.post('/organizations/olivia-org/members', added);
    expect(response.status).to.equal(201);
    expect(response.body).to.have.all.keys('membership');
    expect(response.body.membership).to.have.all.keys(MEMBERSHIP);
    expect(response.body.membership).to.include({ ...added, organizationName: 'olivia-org', version: 1 });
    expect(headersOf(response, 'Location', 'ETag')).to.deep.equal([
      '/organizations/olivia-org/members/nina',
      '"1"',
    ]);
    expect((await olivia.get('/organizations/olivia-org/members/nina')).body).to.deep.equal(response.body);
  });

  it('of a membership', async () => {
    const response = await olivia.get('/organizations/olivia-org/members/michael');
    expect(response.body).to.have.all.keys('membership');
    expect(response.body.membership).to.have.all.keys(MEMBERSHIP);
    expect(response.body.membership?.createdAt).to.match(TIME);
  });

  it('of a membership after a change of role, with the next version', async () => {
    await createUsers(api, 'rose');
    await olivia.post('/organizations/olivia-org/members', { memberUsername: 'rose', role: 'Member' });
    const response = await olivia.patch('/organizations/olivia-org/members/rose', { role: 'Admin' });
    expect(response.status).to.equal(200);
    expect(response.body).to.have.all.keys('membership');
    expect(response.body.membership).to.have.all.keys(MEMBERSHIP);
    expect(response.body.membership).to.include({ role: 'Admin', version: 2 });
    expect(headersOf(response, 'ETag', 'Location')).to.deep.equal(['"2"', null]);
  });

  it('of a removed membership: none', async () => {
    await createUsers(api, 'rita');
    await olivia.post('/organizations/olivia-org/members', { memberUsername: 'rita', role: 'Member' });
    const response = await olivia.delete('/organizations/olivia-org/members/rita');
    expect(response).to.include({ status: 204, text: '' });
    expect(headersOf(response, 'Content-Type', 'ETag')).to.deep.equal([null, null]);
  });

  it('of a list of members: memberships with names and status of the users', async () => {
    const response = await olivia.get('/organizations/olivia-org/members');
    expect(response.status).to.equal(200);
    expect(response.body).to.have.all.keys('members');
    for (const member of response.body.members ?? []) {
      expect(member).to.have.all.keys(...MEMBERSHIP, 'firstName', 'lastName', 'status');
      expect(member).to.include({ firstName: 'Some', lastName: 'Body', status: 'active' });
    }
    expect(headersOf(response, 'ETag')).to.deep.equal([null]);
  });

  it("of a list of a user's memberships", async () => {
    const response = await api.as('michael').get('/users/michael/organizations');
    expect(response.status).to.equal(200);
    expect(response.body).to.have.all.keys('memberships');
    expect(response.body.memberships).to.have.length(1);
    expect(response.body.memberships?.[0]).to.have.all.keys(MEMBERSHIP);
  });

  it('of a page of a list, with a cursor', async () => {
    const response = await olivia.get('/organizations/olivia-org/members?limit=1');
    expect(response.body).to.have.all.keys('members', 'nextCursor');
  });

  it('of the liveness check', async () => {
    const response = await api.get('/health/live');
    expect(response.status).to.equal(200);
    expect(response.body).to.deep.equal({ status: 'live' });
    expect(response.headers.get('Content-Type')).to.equal('application/json');
  });

  const requests: Readonly<Record<string, () => Promise<ApiResponse>>> = {
    'GET a user': () => olivia.get('/users/michael'),
    'GET a user that does not exist': () => olivia.get('/users/nobody'),
    "GET a user's organizations": () => olivia.get('/users/olivia/organizations'),
    'GET an organization': () => olivia.get('/organizations/olivia-org'),
    'GET the members': () => olivia.get('/organizations/olivia-org/members'),
    'GET a membership': () => olivia.get('/organizations/olivia-org/members/michael'),
    'GET a membership that does not exist': () => olivia.get('/organizations/olivia-org/members/nobody'),
    'PATCH a membership': () => olivia.patch('/organizations/olivia-org/members/michael', { role: 'Member' }),
    'POST an invalid body': () => olivia.post('/organizations', {}),
    'GET without credentials': () => api.get('/organizations/olivia-org'),
  };
  for (const [request, send] of Object.entries(requests)) {
    it(`of ${request}: private, revalidated each time`, async () => {
      expect(headersOf(await send(), 'Cache-Control', 'Vary')).to.deep.equal([
        'private, no-cache',
        'Authorization',
      ]);
    });
  }

  it('with the type application/json and the length of the body', async () => {
    const { headers, text } = await api.get('/users/michael');
    expect(headers.get('Content-Type')).to.equal('application/json');
    expect(headers.get('Content-Length')).to.equal(String(Buffer.byteLength(text)));
  });

  it('disclose nothing about the implementation', async () => {
    const response = await api.get('/users/michael');
    expect(headersOf(response, 'X-Powered-By', 'Server')).to.deep.equal([null, null]);
  });
});
