import { expect } from 'chai';
import {
  type ApiClient,
  type ApiResponse,
  createOrganization,
  createUsers,
  problemOf,
} from '../../support/api-client.ts';
import { times } from '../../support/range.ts';
import { isReplay, replayedParts } from '../../support/replays.ts';
import type { FleetUnderTest } from '../../support/use-fleet.ts';
import type { ScenarioOptions } from './pair.ts';
import { retryUntilSettled } from './retry-until-settled.ts';

/** When a request is aborted, in milliseconds after it was sent: before it arrives, until after the response. */
const ABORT_AFTER_MS = [0, 1, 2, 3, 5, 8, 13, 21];

/** Requests that are sent again with the same `Idempotency-Key`, through both instances. */
export function retryScenario(fleet: FleetUnderTest, { durable, rounds }: ScenarioOptions): void {
  const { instanceA, instanceB, at } = fleet;
  const keyed = (api: ApiClient, by: string, key: string) => api.as(by).with({ 'Idempotency-Key': key });
  /** `1 organization.created`, … */
  const eventsOf = async (path: string, by: string): Promise<readonly string[]> => {
    const { body } = await instanceB.as(by).get(`${path}/events?limit=100`);
    return (body.events ?? []).map(({ seq, type }) => `${seq} ${type}`);
  };

  it('repeat the first response of every kind of change, on both instances', async () => {
    const requests: readonly ((api: ApiClient) => Promise<ApiResponse>)[] = [
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
    for (const [i, send] of requests.entries()) {
      const first = await send(at(i).with({ 'Idempotency-Key': `step-${i}` }));
      expect(first.status, first.text).to.be.lessThan(300);
      expect(isReplay(first)).to.equal(false);
      firsts.push(first);
    }
    for (const [i, send] of requests.entries()) {
      for (const api of [instanceA, instanceB]) {
        const again = await send(api.with({ 'Idempotency-Key': `step-${i}` }));
        expect(replayedParts(again), `step ${i}`).to.deep.equal(replayedParts(firsts[i] as ApiResponse));
        expect(isReplay(again), `step ${i}`).to.equal(true);
      }
    }
    const { body } = await instanceB.as('retryann').get('/users/retryann/events');
    expect(body.events?.map(({ seq, type }) => `${seq} ${type}`)).to.deep.equal([
      '1 user.created',
      '2 organization.created',
      '3 user.updated',
      '4 ownership.transferred',
      '5 membership.role_changed',
      '6 membership.removed',
    ]);
  });

  it('apply one of ten concurrent requests and return the same response to all', async () => {
    const path = await createOrganization(instanceA, 'Ten', { tenann: 'Owner' });
    for (let round = 1; round <= 5; round += 1) {
      await createUsers(instanceA, `ten${round}`);
      const body = { memberUsername: `ten${round}`, role: 'Member' };
      const add = (i: number) => keyed(at(i), 'tenann', `add-${round}`).post(`${path}/members`, body);
      const responses = await Promise.all(times(10, (i) => retryUntilSettled(() => add(i))));
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

  it('apply a request once that was aborted and then sent to both instances concurrently', async () => {
    const path = await createOrganization(instanceA, 'Cut', { cutann: 'Owner' });
    for (let round = 0; round < rounds; round += 1) {
      const edit = { displayName: `Cut ${round}` };
      const send = (api: ApiClient) => keyed(api, 'cutann', `cut-${round}`).patch(path, edit);
      const signal = AbortSignal.timeout(ABORT_AFTER_MS[round % ABORT_AFTER_MS.length] ?? 0);
      const headers = {
        Authorization: 'cutann',
        'Idempotency-Key': `cut-${round}`,
        'Content-Type': 'application/json',
      };
      await fetch(at(round).url + path, {
        method: 'PATCH',
        headers,
        body: JSON.stringify(edit),
        signal,
      }).then(
        (response) => response.text().catch(() => ''),
        () => undefined,
      );
      const [one, two] = await Promise.all(
        [instanceA, instanceB].map((api) => retryUntilSettled(() => send(api))),
      );
      expect(one?.body.organization, one?.text).to.include({ version: round + 2, ...edit });
      expect(replayedParts(two as ApiResponse)).to.deep.equal(replayedParts(one as ApiResponse));
      for (const api of [instanceA, instanceB]) {
        expect((await api.as('cutann').get(path)).body).to.deep.equal(one?.body);
      }
    }
    expect(await eventsOf(path, 'cutann')).to.deep.equal([
      '1 organization.created',
      ...times(rounds, (i) => `${i + 2} organization.updated`),
    ]);
  });

  if (durable) {
    it('apply a request once whose instance was killed meanwhile', async function () {
      this.timeout(60_000);
      const path = await createOrganization(instanceA, 'Killed', { killann: 'Owner' });
      const delays = [2, 6, 15];
      for (const [round, delay] of delays.entries()) {
        const edit = { displayName: `Killed ${round}` };
        const send = (api: ApiClient) => keyed(api, 'killann', `kill-${round}`).patch(path, edit);
        const first = send(instanceA).catch(() => undefined);
        await new Promise((resolve) => setTimeout(resolve, delay));
        const isSingle = instanceA.url === instanceB.url;
        const restarted = fleet.restart();
        if (isSingle) await restarted;
        const retried = await retryUntilSettled(() => send(instanceB));
        expect(retried.body.organization, retried.text).to.include({ version: round + 2, ...edit });
        expect((await instanceB.as('killann').get(path)).body).to.deep.equal(retried.body);
        const before = await first;
        if (before?.status === 200) expect(replayedParts(before)).to.deep.equal(replayedParts(retried));
        await restarted;
        const again = await send(instanceA);
        expect(replayedParts(again)).to.deep.equal(replayedParts(retried));
        expect(isReplay(again)).to.equal(true);
        expect((await instanceA.as('killann').get(path)).body).to.deep.equal(retried.body);
      }
      expect(await eventsOf(path, 'killann')).to.deep.equal([
        '1 organization.created',
        ...delays.map((_, i) => `${i + 2} organization.updated`),
      ]);
    });
  }

  it('are rejected for another request with the same key on the other instance', async () => {
    const path = await createOrganization(instanceA, 'Reuse', { reuseann: 'Owner', reusebob: 'Admin' });
    await keyed(instanceA, 'reuseann', 'reused').patch(path, { displayName: 'One' });
    const other = { displayName: 'Two' };
    expect(problemOf(await keyed(instanceB, 'reuseann', 'reused').patch(path, other))).to.equal(
      '422 idempotency_key_reused',
    );
    const responseToBob = await keyed(instanceB, 'reusebob', 'reused').patch(path, other);
    expect([responseToBob.status, isReplay(responseToBob)]).to.deep.equal([200, false]);
  });
}
