import { expect } from 'chai';
import { type Answer, ApiClient, createUsers } from '../../support/api-client.ts';
import { type ComposedService, startComposedService } from '../../support/composed-service.ts';

const APP = 'https://app.example.com';
const OTHER_APP = 'https://other.example.com:8443';

const corsHeaders = ({ headers }: Answer): readonly string[] =>
  [...headers.keys()].filter((name) => name.startsWith('access-control-'));

const listIn = (answer: Answer, name: string): readonly string[] =>
  (answer.headers.get(name) ?? '').toLowerCase().split(/ *, */);

describe('CORS_ORIGINS', () => {
  let service: ComposedService;
  let api: ApiClient;

  const preflight = (origin: string, method: string): Promise<Answer> =>
    api
      .with({
        Origin: origin,
        'Access-Control-Request-Method': method,
        'Access-Control-Request-Headers': 'authorization,content-type,if-match,x-request-id',
      })
      .send('OPTIONS', '/organizations/olivia-org/members/olivia');

  describe('with two origins', () => {
    before(async () => {
      service = await startComposedService({ CORS_ORIGINS: `${APP}, ${OTHER_APP}` });
      api = new ApiClient(service.url);
      await createUsers(api, 'olivia');
    });

    after(() => service.close());

    for (const origin of [APP, OTHER_APP]) {
      it(`lets ${origin} read answers`, async () => {
        const answer = await api.with({ Origin: origin }).get('/users/olivia');
        expect(answer.status).to.equal(200);
        expect(answer.headers.get('Access-Control-Allow-Origin')).to.equal(origin);
      });

      for (const method of ['GET', 'POST', 'PATCH', 'DELETE']) {
        it(`lets ${origin} ask with ${method} and the headers that the API knows`, async () => {
          const answer = await preflight(origin, method);
          expect(answer).to.include({ status: 204, text: '' });
          expect(answer.headers.get('Access-Control-Allow-Origin')).to.equal(origin);
          expect(listIn(answer, 'Access-Control-Allow-Methods')).to.include(method.toLowerCase());
          expect(listIn(answer, 'Access-Control-Allow-Headers')).to.include.members([
            'authorization',
            'content-type',
            'if-match',
          ]);
        });
      }
    }

    it('lets scripts see the headers that they need', async () => {
      const answer = await api.with({ Origin: APP }).get('/users/olivia');
      expect(listIn(answer, 'Access-Control-Expose-Headers')).to.include.members([
        'etag',
        'location',
        'retry-after',
        'x-request-id',
      ]);
    });

    it('lets scripts read refusals too', async () => {
      for (const path of ['/users/nobody', '/nowhere', '/users/%', '/organizations/olivia-org']) {
        const { headers } = await api.with({ Origin: APP }).get(path);
        expect(headers.get('Access-Control-Allow-Origin'), path).to.equal(APP);
      }
    });

    it('tells HTTP caches that the answer depends on the origin and the caller', async () => {
      expect(listIn(await api.with({ Origin: APP }).get('/users/olivia'), 'Vary')).to.have.members([
        'origin',
        'authorization',
      ]);
      expect(listIn(await api.get('/users/olivia'), 'Vary')).to.have.members(['origin', 'authorization']);
    });

    const strangers = [
      'https://evil.example.com',
      'null',
      'http://app.example.com',
      `${APP}.evil.com`,
      `${APP}:444`,
    ];
    for (const origin of [...strangers, 'https://APP.example.com', `${APP}/`, '*']) {
      it(`lets no script of ${origin} read anything`, async () => {
        for (const answer of [
          await api.with({ Origin: origin }).get('/users/olivia'),
          await preflight(origin, 'GET'),
        ]) {
          expect(answer.headers.get('Access-Control-Allow-Origin')).to.equal(null);
        }
      });
    }

    it('lets no browser send credentials by itself', async () => {
      const answer = await preflight(APP, 'GET');
      expect(answer.headers.get('Access-Control-Allow-Credentials')).to.equal(null);
    });

    it('says what a path allows to who is no browser', async () => {
      const answer = await api.send('OPTIONS', '/users');
      expect(answer.status).to.equal(204);
      expect(listIn(answer, 'Allow')).to.include('post');
    });
  });

  describe('without any', () => {
    before(async () => {
      service = await startComposedService();
      api = new ApiClient(service.url);
      await createUsers(api, 'olivia');
    });

    after(() => service.close());

    it('says nothing about origins', async () => {
      const answer = await api.with({ Origin: APP }).get('/users/olivia');
      expect(corsHeaders(answer)).to.deep.equal([]);
      expect(answer.headers.get('Vary')).to.equal('Authorization');
    });

    it('says nothing to a preflight either', async () => {
      expect(corsHeaders(await preflight(APP, 'PATCH'))).to.deep.equal([]);
    });
  });
});
