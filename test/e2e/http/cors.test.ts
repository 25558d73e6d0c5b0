import { expect } from 'chai';
import { type ApiClient, type ApiResponse, createUsers } from '../../support/api-client.ts';
import { useService } from '../../support/use-service.ts';

const APP = 'https://app.example.com';
const OTHER_APP = 'https://other.example.com:8443';

const corsHeaders = ({ headers }: ApiResponse): readonly string[] =>
  [...headers.keys()].filter((name) => name.startsWith('access-control-'));

const listIn = (response: ApiResponse, name: string): readonly string[] =>
  (response.headers.get(name) ?? '').toLowerCase().split(/ *, */);

describe('CORS_ORIGINS', () => {
  const preflight = (api: ApiClient, origin: string, method: string): Promise<ApiResponse> =>
    api
      .with({
        Origin: origin,
        'Access-Control-Request-Method': method,
        'Access-Control-Request-Headers': 'authorization,content-type,if-match,x-request-id',
      })
      .send('OPTIONS', '/organizations/olivia-org/members/olivia');

  describe('with two origins', () => {
    const { api } = useService({ CORS_ORIGINS: `${APP}, ${OTHER_APP}` });

    before(() => createUsers(api, 'olivia'));

    for (const origin of [APP, OTHER_APP]) {
      it(`lets scripts of ${origin} read responses`, async () => {
        const response = await api.with({ Origin: origin }).get('/users/olivia');
        expect(response.status).to.equal(200);
        expect(response.headers.get('Access-Control-Allow-Origin')).to.equal(origin);
      });

      for (const method of ['GET', 'POST', 'PATCH', 'DELETE']) {
        it(`lets scripts of ${origin} send ${method} and the headers of the API`, async () => {
          const response = await preflight(api, origin, method);
          expect(response).to.include({ status: 204, text: '' });
          expect(response.headers.get('Access-Control-Allow-Origin')).to.equal(origin);
          expect(listIn(response, 'Access-Control-Allow-Methods')).to.include(method.toLowerCase());
          expect(listIn(response, 'Access-Control-Allow-Headers')).to.include.members([
            'authorization',
            'content-type',
            'if-match',
          ]);
        });
      }
    }

    it('exposes the headers that clients need', async () => {
      const response = await api.with({ Origin: APP }).get('/users/olivia');
      expect(listIn(response, 'Access-Control-Expose-Headers')).to.include.members([
        'etag',
        'location',
        'retry-after',
        'x-request-id',
      ]);
    });

    it('lets scripts read error responses', async () => {
      for (const path of ['/users/nobody', '/nowhere', '/users/%', '/organizations/olivia-org']) {
        const { headers } = await api.with({ Origin: APP }).get(path);
        expect(headers.get('Access-Control-Allow-Origin'), path).to.equal(APP);
      }
    });

    it('varies responses by origin and caller', async () => {
      expect(listIn(await api.with({ Origin: APP }).get('/users/olivia'), 'Vary')).to.have.members([
        'origin',
        'authorization',
      ]);
      expect(listIn(await api.get('/users/olivia'), 'Vary')).to.have.members(['origin', 'authorization']);
    });

    const otherOrigins = [
      'https://evil.example.com',
      'null',
      'http://app.example.com',
      `${APP}.evil.com`,
      `${APP}:444`,
    ];
    for (const origin of [...otherOrigins, 'https://APP.example.com', `${APP}/`, '*']) {
      it(`lets no script of ${origin} read responses`, async () => {
        for (const response of [
          await api.with({ Origin: origin }).get('/users/olivia'),
          await preflight(api, origin, 'GET'),
        ]) {
          expect(response.headers.get('Access-Control-Allow-Origin')).to.equal(null);
        }
      });
    }

    it('does not let browsers add credentials of their own', async () => {
      const response = await preflight(api, APP, 'GET');
      expect(response.headers.get('Access-Control-Allow-Credentials')).to.equal(null);
    });

    it('answers OPTIONS without an Origin by the allowed methods', async () => {
      const response = await api.send('OPTIONS', '/users');
      expect(response.status).to.equal(204);
      expect(listIn(response, 'Allow')).to.include('post');
    });
  });

  describe('without an origin', () => {
    const { api } = useService();

    before(() => createUsers(api, 'olivia'));

    it('sends no CORS headers', async () => {
      const response = await api.with({ Origin: APP }).get('/users/olivia');
      expect(corsHeaders(response)).to.deep.equal([]);
      expect(response.headers.get('Vary')).to.equal('Authorization');
    });

    it('sends no CORS headers to a preflight', async () => {
      expect(corsHeaders(await preflight(api, APP, 'PATCH'))).to.deep.equal([]);
    });
  });
});
