import { expect } from 'chai';
import { WireProxy } from '../../adapters/stores/postgres/wire-proxy.ts';
import { type ApiClient, createOrganization, problemOf } from '../../support/api-client.ts';
import { CACHES, STORES } from '../../support/backends.ts';
import { childProcessInstance, Fleet } from '../../support/fleet.ts';
import { isReplay, replayedParts } from '../../support/replays.ts';
import { endProcesses } from '../../support/rollcall-process.ts';
import { insisting } from './retrying.ts';

const ROUNDS = 3;

interface Scene {
  readonly store: string;
  readonly cache: string;
  /** The setting that leads to the server whose replies are lost. */
  readonly url: 'DYNAMODB_ENDPOINT' | 'DATABASE_URL' | 'REDIS_URL';
  /** Part of the request whose reply is lost: the commit, or the publishing of what was committed. */
  readonly request: string;
}

const commitOnDynamo = {
  store: 'dynamodb',
  url: 'DYNAMODB_ENDPOINT',
  request: 'TransactWriteItems',
} as const;
const commitOnPostgres = { store: 'postgres', url: 'DATABASE_URL', request: 'assert_not_after' } as const;
const publishOnRedis = { cache: 'redis', url: 'REDIS_URL', request: '\r\neval\r\n' } as const;

const SCENES: readonly Scene[] = [
  { ...commitOnDynamo, cache: 'none' },
  { ...commitOnDynamo, cache: 'redis' },
  { ...commitOnDynamo, cache: 'momento' },
  { ...commitOnPostgres, cache: 'none' },
  { ...commitOnPostgres, cache: 'redis' },
  { ...publishOnRedis, store: 'sqlite' },
  { ...publishOnRedis, store: 'postgres' },
  { ...publishOnRedis, store: 'dynamodb' },
];

for (const scene of SCENES) {
  const { store, cache, url, request } = scene;

  describe(`replies that are lost, on ${store} × ${cache}, to "${request.trim()}"`, () => {
    let proxy: WireProxy;
    let fleet: Fleet;
    /** The instance that hears no reply, and the one that does. */
    let deaf: ApiClient;
    let hearing: ApiClient;

    before(async () => {
      const behind = await STORES[store]?.();
      const before = await CACHES[cache]?.();
      const settings = { STORE: store, CACHE: cache, ...behind?.settings, ...before?.settings };
      const direct = new URL((settings as Readonly<Record<string, string>>)[url] ?? '');
      proxy = await WireProxy.to(Number(direct.port));
      const proxied = new URL(direct);
      proxied.port = String(proxy.port);
      const each = [{ ...settings, [url]: proxied.href.replace(/\/$/, '') }, settings];
      fleet = await Fleet.start({
        start: () => childProcessInstance(each.shift() ?? settings),
        size: 2,
        durable: true,
        close: async () => {
          await proxy.close();
          await behind?.close();
          await before?.close();
        },
      });
      [deaf, hearing] = fleet.instances;
    });

    after(async () => {
      await fleet?.close();
      await endProcesses();
    });

    async function eventsOf(organization: string, owner: string): Promise<readonly string[] | undefined> {
      const { body } = await hearing.as(owner).get(`${organization}/events`);
      return body.events?.map(({ seq, type }) => `${seq} ${type}`);
    }

    if (url === 'DATABASE_URL') {
      it('are made up for by asking PostgreSQL on another connection what became of the commit', async () => {
        const path = await createOrganization(hearing, 'Told', { eve: 'Owner', dan: 'Member' });
        const ask = () =>
          deaf.as('eve').with({ 'Idempotency-Key': 'told' }).patch(`${path}/members/dan`, { role: 'Admin' });
        let commits = 0;
        proxy.fateOf = (bytes) => {
          if (!bytes.includes(request)) return 'pass';
          commits += 1;
          return commits === 1 ? 'break' : 'pass';
        };
        const first = await ask();
        proxy.fateOf = () => 'pass';
        expect(commits).to.equal(1);
        expect(first.status, first.text).to.equal(200);
        expect(isReplay(first)).to.equal(false);
        const retry = await ask();
        expect(isReplay(retry)).to.equal(true);
        expect(replayedParts(retry)).to.deep.equal(replayedParts(first));
        expect(await eventsOf(path, 'eve')).to.deep.equal([
          '1 organization.created',
          '2 membership.added',
          '3 membership.role_changed',
        ]);
      });
    }

    it('leave the outcome unknown, and two retries at the same moment get the first answer', async () => {
      const path = await createOrganization(hearing, 'Lost', { ann: 'Owner', bob: 'Member' });
      const member = `${path}/members/bob`;
      let unknown = 0;
      for (let round = 1; round <= ROUNDS; round += 1) {
        const role = round % 2 === 1 ? 'Admin' : 'Member';
        const ask = (api: ApiClient) =>
          api
            .as('ann')
            .with({ 'Idempotency-Key': `round-${round}` })
            .patch(member, { role });
        // Both have the old value in the cache.
        for (const api of [deaf, hearing]) await api.as('ann').get(member);

        let lost = 0;
        proxy.fateOf = (bytes) => {
          // PostgreSQL could tell on another connection what became of it.
          if (!bytes.includes(request) && (lost === 0 || url !== 'DATABASE_URL')) return 'pass';
          lost += 1;
          return 'deaf';
        };
        const first = await ask(deaf);
        expect(lost, 'replies lost').to.be.greaterThan(0);
        if (first.status >= 400) {
          expect(problemOf(first)).to.equal('503 outcome_unknown');
          unknown += 1;
        }
        proxy.fateOf = () => 'pass';
        const found = await insisting(() => hearing.as('ann').get(member));
        expect(found.body.membership, 'made already').to.include({ role, version: round + 1 });

        const retries = await Promise.all([deaf, hearing].map((api) => insisting(() => ask(api))));
        for (const retry of retries) {
          expect(retry.status, retry.text).to.equal(200);
          expect(retry.body.membership).to.include({ role, version: round + 1 });
          expect(replayedParts(retry)).to.deep.equal(replayedParts(retries[0] ?? retry));
          expect(isReplay(retry)).to.equal(true);
        }
        for (const api of [hearing, deaf]) {
          expect((await insisting(() => api.as('ann').get(member))).body).to.deep.equal(retries[0]?.body);
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
