import { expect } from 'chai';
import {
  type ApiClient,
  type ApiResponse,
  createOrganization,
  createUsers,
  problemOf,
} from '../../support/api-client.ts';
import type { Fleet } from '../../support/fleet.ts';
import { times } from '../../support/range.ts';
import { isReplay, replayedParts } from '../../support/replays.ts';
import type { StoryOptions } from './pair.ts';
import { insisting } from './retrying.ts';

/** How soon after it was sent a request is cut off, in milliseconds: from before it arrives to after it is answered. */
const CUTS = [0, 1, 2, 3, 5, 8, 13, 21];

/**
 * What becomes of a request that is sent again under its `Idempotency-Key`, told through two instances that take turns.
 * @param start a fleet on an empty store
 */
export function retriesStory(start: () => Promise<Fleet>, { durable, rounds }: StoryOptions): void {
  let fleet: Fleet;
  let here: ApiClient;
  let there: ApiClient;

  before(async () => {
    fleet = await start();
    [here, there] = fleet.instances;
  });
  after(() => fleet?.close());

  const at = (i: number): ApiClient => (i % 2 === 0 ? here : there);
  const keyed = (api: ApiClient, by: string, key: string) => api.as(by).with({ 'Idempotency-Key': key });
  /** `1 organization.created`, … */
  const eventsOf = async (path: string, by: string): Promise<readonly string[]> => {
    const { body } = await there.as(by).get(`${path}/events?limit=100`);
    return (body.events ?? []).map(({ seq, type }) => `${seq} ${type}`);
  };

  it('gives the first answer again, on either instance, to each change of an account', async () => {
    const asks: readonly ((api: ApiClient) => Promise<ApiResponse>)[] = [
      (api) => api.post('/users', { username: 'retryann', firstName: 'A', lastName: 'N' }),
      (api) => api.post('/users', { username: 'retrybob', firstName: 'B', lastName: 'O' }),
      (api) => api.as('retryann').post('/organizations', { organizationName: 'Retry' }),
      (api) =>
        api
          .as('retryann')
          .post('/organizations/retry/members', { memberUsername: 'retrybob', role: 'Admin' }),
      (api) => api.as('retrybob').patch('/organizations/retry', { displayName: 'Retried' }),
      (api) => api.as('retryann').patch('/users/retryann', { email: 'ann@example.org' }),
      (api) =>
        api.as('retryann').post('/organizations/retry/ownership-transfers', { toUsername: 'retrybob' }),
      (api) => api.as('retrybob').patch('/organizations/retry/members/retryann', { role: 'Member' }),
      (api) => api.as('retryann').delete('/organizations/retry/members/retryann'),
      (api) => api.as('retrybob').delete('/organizations/retry'),
    ];
    const firsts: ApiResponse[] = [];
    for (const [i, ask] of asks.entries()) {
      const first = await ask(at(i).with({ 'Idempotency-Key': `step-${i}` }));
      expect(first.status, first.text).to.be.lessThan(300);
      expect(isReplay(first)).to.equal(false);
      firsts.push(first);
    }
    for (const [i, ask] of asks.entries()) {
      for (const api of [here, there]) {
        const again = await ask(api.with({ 'Idempotency-Key': `step-${i}` }));
        expect(replayedParts(again), `step ${i}`).to.deep.equal(replayedParts(firsts[i] as ApiResponse));
        expect(isReplay(again), `step ${i}`).to.equal(true);
      }
    }
    const { body } = await there.as('retryann').get('/users/retryann/events');
    expect(body.events?.map(({ seq, type }) => `${seq} ${type}`)).to.deep.equal([
      '1 user.created',
      '2 organization.created',
      '3 user.updated',
      '4 ownership.transferred',
      '5 membership.role_changed',
      '6 membership.removed',
    ]);
  });

  it('applies once what comes ten times at once, and answers all alike', async () => {
    const path = await createOrganization(here, 'Ten', { tenann: 'Owner' });
    for (let round = 1; round <= 5; round += 1) {
      await createUsers(here, `ten${round}`);
      const body = { memberUsername: `ten${round}`, role: 'Member' };
      const add = (i: number) => keyed(at(i), 'tenann', `add-${round}`).post(`${path}/members`, body);
      const responses = await Promise.all(times(10, (i) => insisting(() => add(i))));
      const [first] = responses;
      for (const response of responses)
        expect(replayedParts(response)).to.deep.equal(replayedParts(first as ApiResponse));
      expect(first?.status, first?.text).to.equal(201);
      expect(responses.filter((response) => !isReplay(response)).length).to.be.at.most(1);
    }
    expect(await eventsOf(path, 'tenann')).to.deep.equal([
      '1 organization.created',
      ...times(5, (i) => `${i + 2} membership.added`),
    ]);
  });

  it('applies once what was cut off and then sent to both instances at the same moment', async () => {
    const path = await createOrganization(here, 'Cut', { cutann: 'Owner' });
    for (let round = 0; round < rounds; round += 1) {
      const edit = { displayName: `Cut ${round}` };
      const ask = (api: ApiClient) => keyed(api, 'cutann', `cut-${round}`).patch(path, edit);
      const cut = AbortSignal.timeout(CUTS[round % CUTS.length] ?? 0);
      const headers = {
        Authorization: 'cutann',
        'Idempotency-Key': `cut-${round}`,
        'Content-Type': 'application/json',
      };
      await fetch(at(round).url + path, {
        method: 'PATCH',
        headers,
        body: JSON.stringify(edit),
        signal: cut,
      }).then(
        (response) => response.text().catch(() => ''),
        () => undefined,
      );
      const [one, two] = await Promise.all([here, there].map((api) => insisting(() => ask(api))));
      expect(one?.body.organization, one?.text).to.include({ version: round + 2, ...edit });
      expect(replayedParts(two as ApiResponse)).to.deep.equal(replayedParts(one as ApiResponse));
      for (const api of [here, there]) {
        expect((await api.as('cutann').get(path)).body).to.deep.equal(one?.body);
      }
    }
    expect(await eventsOf(path, 'cutann')).to.deep.equal([
      '1 organization.created',
      ...times(rounds, (i) => `${i + 2} organization.updated`),
    ]);
  });

  if (durable) {
    it('applies once what an instance was doing when it was killed', async function () {
      this.timeout(60_000);
      const path = await createOrganization(here, 'Killed', { killann: 'Owner' });
      const delays = [2, 6, 15];
      for (const [round, delay] of delays.entries()) {
        const edit = { displayName: `Killed ${round}` };
        const ask = (api: ApiClient) => keyed(api, 'killann', `kill-${round}`).patch(path, edit);
        const first = ask(here).catch(() => undefined);
        await new Promise((resolve) => setTimeout(resolve, delay));
        const restarted = fleet.restart();
        if (here.url === there.url) await restarted;
        const survivor = fleet.instances[1];
        const retried = await insisting(() => ask(survivor));
        expect(retried.body.organization, retried.text).to.include({ version: round + 2, ...edit });
        expect((await survivor.as('killann').get(path)).body).to.deep.equal(retried.body);
        const before = await first;
        if (before?.status === 200) expect(replayedParts(before)).to.deep.equal(replayedParts(retried));
        await restarted;
        [here, there] = fleet.instances;
        const again = await ask(here);
        expect(replayedParts(again)).to.deep.equal(replayedParts(retried));
        expect(isReplay(again)).to.equal(true);
        expect((await here.as('killann').get(path)).body).to.deep.equal(retried.body);
      }
      expect(await eventsOf(path, 'killann')).to.deep.equal([
        '1 organization.created',
        ...delays.map((_, i) => `${i + 2} organization.updated`),
      ]);
    });
  }

  it('keeps a key from being used for something else on the other instance', async () => {
    const path = await createOrganization(here, 'Reuse', { reuseann: 'Owner', reusebob: 'Admin' });
    await keyed(here, 'reuseann', 'reused').patch(path, { displayName: 'One' });
    const other = { displayName: 'Two' };
    expect(problemOf(await keyed(there, 'reuseann', 'reused').patch(path, other))).to.equal(
      '422 idempotency_key_reused',
    );
    const bobs = await keyed(there, 'reusebob', 'reused').patch(path, other);
    expect([bobs.status, isReplay(bobs)]).to.deep.equal([200, false]);
  });
}
