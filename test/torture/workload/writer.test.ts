import { expect } from 'chai';
import type { Role } from '../../support/api-client.ts';
import { Statistics } from '../checker/statistics.ts';
import { SeededRandom } from '../seeded-random.ts';
import { activeMembership } from './expected-state.ts';
import type { TimedResponse } from './http-client.ts';
import type { Request } from './send.ts';
import { type TrackedMembership, trackedMembership } from './tracked-membership.ts';
import { addMember, changeRole, createOrganization, createUser } from './write-steps.ts';
import { Writer } from './writer.ts';

type ScriptedResponse = Pick<TimedResponse, 'status'> & Partial<Pick<TimedResponse, 'body'>>;

const OK: ScriptedResponse = { status: 200, body: {} };
const NO_RESPONSE: ScriptedResponse = { status: undefined };
const error = (status: number, code: string): ScriptedResponse => ({ status, body: { code } });
const membershipResponse = (role: Role, version: number): ScriptedResponse => ({
  status: 200,
  body: { membership: { role, version } },
});

/** A service that sends these responses, and fails on any further request. */
function scriptedService(...responses: readonly ScriptedResponse[]) {
  const remaining = [...responses];
  const sent: Request[] = [];
  const statistics = new Statistics();
  const membership = trackedMembership(1);
  const send = async (_random: SeededRandom, request: Request): Promise<TimedResponse> => {
    const sentAt = performance.now();
    sent.push(request);
    const response = remaining.shift();
    if (response === undefined)
      throw new Error(`No response is scripted for ${request.method} ${request.path}.`);
    await new Promise((resolve) => setImmediate(resolve));
    return { body: {}, ...response, sentAt, receivedAt: performance.now() };
  };
  /** @param usesKeys whether all writes are sent with an idempotency key */
  const writer = ({ usesKeys }: { usesKeys: boolean }) => {
    const random = Object.assign(new SeededRandom(''), { happens: () => !usesKeys, between: () => 0 });
    const giveUpSignal = new AbortController().signal;
    return new Writer({ name: 'writer', send, random, statistics, giveUpSignal });
  };
  return { sent, statistics, membership, writer };
}

/** The verdict on a read of this state at this moment. */
function verdictNow({ timeline }: TrackedMembership, role: Role, version: number): string {
  const now = performance.now();
  const { answers, permissionLevel } = activeMembership(role, version);
  return timeline.judge({ answer: answers[0] ?? '', permissionLevel, sentAt: now, receivedAt: now }).kind;
}

const SETUP = [OK, OK, membershipResponse('Member', 1)];

async function setUp({ membership, writer }: ReturnType<typeof scriptedService>): Promise<void> {
  for (const step of [createOrganization, createUser, addMember('Member')]) {
    await writer({ usesKeys: true }).execute(membership, step);
  }
}

describe('Writer', () => {
  it('expects the acknowledged state and no earlier one', async () => {
    const service = scriptedService(...SETUP, membershipResponse('Admin', 2));
    const { membership, writer, statistics } = service;
    await setUp(service);
    expect(verdictNow(membership, 'Member', 1)).to.equal('valid');
    await writer({ usesKeys: false }).execute(membership, changeRole('Admin'));
    expect(verdictNow(membership, 'Admin', 2)).to.equal('valid');
    expect(verdictNow(membership, 'Member', 1)).to.equal('stale');
    expect(statistics).to.include({ writes: 4, unknownOutcomes: 0, lostWrites: 0 });
  });

  it('retries a write without a response with the same key until it succeeds', async () => {
    const service = scriptedService(
      ...SETUP,
      NO_RESPONSE,
      error(503, 'outcome_unknown'),
      membershipResponse('Admin', 2),
    );
    const { membership, writer, statistics, sent } = service;
    await setUp(service);
    await writer({ usesKeys: true }).execute(membership, changeRole('Admin'));
    const attempts = sent.slice(3);
    expect(attempts).to.have.length(3);
    expect(new Set(attempts.map(({ idempotencyKey }) => idempotencyKey)).size).to.equal(1);
    expect(attempts[0]?.idempotencyKey).to.be.a('string');
    expect(verdictNow(membership, 'Member', 1)).to.equal('stale');
    expect(statistics).to.include({ unknownOutcomes: 1 });
  });

  for (const [outcome, version] of [
    ['was applied', 3],
    ['was not applied', 2],
  ] as const) {
    it(`learns from the version of the next write that a write without a key ${outcome}`, async () => {
      const service = scriptedService(...SETUP, NO_RESPONSE, membershipResponse('Owner', version));
      const { membership, writer, statistics, sent } = service;
      await setUp(service);
      await writer({ usesKeys: false }).execute(membership, changeRole('Admin'));
      expect(sent.slice(3).map(({ body }) => body)).to.deep.equal([{ role: 'Admin' }, { role: 'Owner' }]);
      expect(membership.state).to.include({ role: 'Owner', version });
      expect(verdictNow(membership, 'Owner', version)).to.equal('valid');
      const verdict = outcome === 'was applied' ? 'stale' : 'impossible';
      expect(verdictNow(membership, 'Admin', 2)).to.equal(verdict);
      expect(statistics.lostWrites).to.equal(0);
    });
  }

  it('expects the old state if the response guarantees that nothing was written', async () => {
    const service = scriptedService(...SETUP, error(503, 'cache_unavailable'));
    const { membership, writer } = service;
    await setUp(service);
    await writer({ usesKeys: false }).execute(membership, changeRole('Admin'));
    expect(verdictNow(membership, 'Member', 1)).to.equal('valid');
    expect(verdictNow(membership, 'Admin', 2)).to.equal('impossible');
  });

  it('reports a lost write if the next version does not follow the last one', async () => {
    const service = scriptedService(...SETUP, membershipResponse('Admin', 1));
    const { membership, writer, statistics } = service;
    await setUp(service);
    const message = await writer({ usesKeys: false })
      .execute(membership, changeRole('Admin'))
      .catch((failure: Error) => failure.message);
    expect(message).to.contain('produced version 1, expected 2');
    expect(statistics.lostWrites).to.equal(1);
  });

  it('fails on an unexpected response', async () => {
    const service = scriptedService(...SETUP, error(404, 'membership_not_found'));
    const { membership, writer } = service;
    await setUp(service);
    const message = await writer({ usesKeys: false })
      .execute(membership, changeRole('Admin'))
      .catch((failure: Error) => failure.message);
    expect(message).to.contain('404 membership_not_found');
  });
});
