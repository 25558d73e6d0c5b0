import { expect } from 'chai';
import { WireProxy } from '../../adapters/stores/postgres/wire-proxy.ts';
import { type ApiClient, createOrganization, problemOf } from '../../support/api-client.ts';
import { CACHES, STORES } from '../../support/backends.ts';
import { childProcessInstance, Fleet } from '../../support/fleet.ts';
import { isReplay, replayedParts } from '../../support/replays.ts';
import { endProcesses } from '../../support/rollcall-process.ts';
import { useFleet } from '../../support/use-fleet.ts';
import { retryUntilSettled } from './retry-until-settled.ts';

const ROUNDS = 3;

interface Scenario {
  readonly store: string;
  readonly cache: string;
  /** The setting with the URL of the server whose replies are lost. */
  readonly url: 'DYNAMODB_ENDPOINT' | 'DATABASE_URL' | 'REDIS_URL';
  /** Part of the request whose reply is lost: the commit, or publishing to the cache. */
  readonly request: string;
}

const commitOnDynamo = {
  store: 'dynamodb',
  url: 'DYNAMODB_ENDPOINT',
  request: 'TransactWriteItems',
} as const;
const commitOnPostgres = { store: 'postgres', url: 'DATABASE_URL', request: 'assert_not_after' } as const;
const publishOnRedis = { cache: 'redis', url: 'REDIS_URL', request: '\r\neval\r\n' } as const;

const SCENARIOS: readonly Scenario[] = [
  { ...commitOnDynamo, cache: 'none' },
  { ...commitOnDynamo, cache: 'redis' },
  { ...commitOnDynamo, cache: 'momento' },
  { ...commitOnPostgres, cache: 'none' },
  { ...commitOnPostgres, cache: 'redis' },
  { ...publishOnRedis, store: 'sqlite' },
  { ...publishOnRedis, store: 'postgres' },
  { ...publishOnRedis, store: 'dynamodb' },
];

for (const scenario of SCENARIOS) {
  const { store, cache, url, request } = scenario;

  describe(`lost replies to "${request.trim()}" on ${store} × ${cache}`, () => {
    let proxy: WireProxy;

    // The first instance reaches the server through the proxy.
    const { instanceA: withoutReplies, instanceB: withReplies } = useFleet(async () => {
      const storeBackend = await STORES[store]?.();
      const cacheBackend = await CACHES[cache]?.();
      const settings: Readonly<Record<string, string>> = {
        STORE: store,
        CACHE: cache,
        ...storeBackend?.settings,
        ...cacheBackend?.settings,
      };
      const direct = new URL(settings[url] ?? '');
      proxy = await WireProxy.to(Number(direct.port));
      const proxied = new URL(direct);
      proxied.port = String(proxy.port);
      const settingsOfEach = [{ ...settings, [url]: proxied.href.replace(/\/$/, '') }, settings];
      return Fleet.start({
        start: () => childProcessInstance(settingsOfEach.shift() ?? settings),
        size: 2,
        close: async () => {
          await proxy.close();
          await storeBackend?.close();
          await cacheBackend?.close();
        },
      });
    });

    after(endProcesses);

    async function eventsOf(organization: string, owner: string): Promise<readonly string[] | undefined> {
      const { body } = await withReplies.as(owner).get(`${organization}/events`);
      return body.events?.map(({ seq, type }) => `${seq} ${type}`);
    }

    if (url === 'DATABASE_URL') {
      it('are recovered by reading the outcome of the commit on another PostgreSQL connection', async () => {
        const path = await createOrganization(withReplies, 'Recovered', { eve: 'Owner', dan: 'Member' });
        const send = () =>
          withoutReplies
            .as('eve')
            .with({ 'Idempotency-Key': 'recovered' })
            .patch(`${path}/members/dan`, { role: 'Admin' });
        let commits = 0;
        proxy.fateOf = (bytes) => {
          if (!bytes.includes(request)) return 'pass';
          commits += 1;
          return commits === 1 ? 'break' : 'pass';
        };
        const first = await send();
        proxy.fateOf = () => 'pass';
        expect(commits).to.equal(1);
        expect(first.status, first.text).to.equal(200);
        expect(isReplay(first)).to.equal(false);
        const retry = await send();
        expect(isReplay(retry)).to.equal(true);
        expect(replayedParts(retry)).to.deep.equal(replayedParts(first));
        expect(await eventsOf(path, 'eve')).to.deep.equal([
          '1 organization.created',
          '2 membership.added',
          '3 membership.role_changed',
        ]);
      });
    }

    it('leave the outcome unknown, and two concurrent retries get the first response', async () => {
      const path = await createOrganization(withReplies, 'Lost', { ann: 'Owner', bob: 'Member' });
      const member = `${path}/members/bob`;
      let unknown = 0;
      for (let round = 1; round <= ROUNDS; round += 1) {
        const role = round % 2 === 1 ? 'Admin' : 'Member';
        const send = (api: ApiClient) =>
          api
            .as('ann')
            .with({ 'Idempotency-Key': `round-${round}` })
            .patch(member, { role });
        // Both instances cache the old value.
        for (const api of [withoutReplies, withReplies]) await api.as('ann').get(member);

        let lost = 0;
        proxy.fateOf = (bytes) => {
          // The outcome must not be read on another PostgreSQL connection either.
          if (!bytes.includes(request) && (lost === 0 || url !== 'DATABASE_URL')) return 'pass';
          lost += 1;
          return 'deaf';
        };
        const first = await send(withoutReplies);
        expect(lost, 'replies lost').to.be.greaterThan(0);
        if (first.status >= 400) {
          expect(problemOf(first)).to.equal('503 outcome_unknown');
          unknown += 1;
        }
        proxy.fateOf = () => 'pass';
        const found = await retryUntilSettled(() => withReplies.as('ann').get(member));
        expect(found.body.membership, 'applied already').to.include({ role, version: round + 1 });

        const retries = await Promise.all(
          [withoutReplies, withReplies].map((api) => retryUntilSettled(() => send(api))),
        );
        for (const retry of retries) {
          expect(retry.status, retry.text).to.equal(200);
          expect(retry.body.membership).to.include({ role, version: round + 1 });
          expect(replayedParts(retry)).to.deep.equal(replayedParts(retries[0] ?? retry));
          expect(isReplay(retry)).to.equal(true);
        }
        for (const api of [withReplies, withoutReplies]) {
          expect((await retryUntilSettled(() => api.as('ann').get(member))).body).to.deep.equal(
            retries[0]?.body,
          );
        }
      }
      expect(unknown, 'outcomes unknown').to.equal(ROUNDS);
      expect(await eventsOf(path, 'ann')).to.deep.equal([
        '1 organization.created',
        '2 membership.added',
        '3 membership.role_changed',
        '4 membership.role_changed',
        '5 membership.role_changed',
      ]);
    });
  });
}
