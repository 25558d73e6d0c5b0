import { expect } from 'chai';
import type { Role } from '../../support/api-client.ts';
import { Chance } from '../chance.ts';
import { Tally } from '../checker/tally.ts';
import { addMember, changeRole, createOrganization, createUser } from './acts.ts';
import type { Reply } from './http-client.ts';
import type { Request } from './send.ts';
import { inForce } from './situation.ts';
import { type WatchedMembership, watchedMembership } from './watched-membership.ts';
import { Writer } from './writer.ts';

type Answered = Pick<Reply, 'status'> & Partial<Pick<Reply, 'body'>>;

const OK: Answered = { status: 200, body: {} };
const NO_ANSWER: Answered = { status: undefined };
const refused = (status: number, code: string): Answered => ({ status, body: { code } });
const shows = (role: Role, version: number): Answered => ({
  status: 200,
  body: { membership: { role, version } },
});

/** A service that gives these answers, and nothing more. */
function scene(...answers: readonly Answered[]) {
  const left = [...answers];
  const sent: Request[] = [];
  const tally = new Tally();
  const watched = watchedMembership(1);
  const send = async (_chance: Chance, request: Request): Promise<Reply> => {
    const from = performance.now();
    sent.push(request);
    const answer = left.shift();
    if (answer === undefined) throw new Error(`nothing to answer to ${request.method} ${request.path}`);
    await new Promise((resolve) => setImmediate(resolve));
    return { body: {}, ...answer, from, to: performance.now() };
  };
  /** @param chance 0 = whatever may go without a key does; 1 = nothing does */
  const writer = (chance: number) => {
    const fixed = Object.assign(new Chance(''), { happens: () => chance === 0, between: () => 0 });
    return new Writer({ name: 'writer', send, chance: fixed, tally, giveUp: new AbortController().signal });
  };
  return { sent, tally, watched, writer };
}

/** What an answer at this moment would be called. */
function judged({ timeline }: WatchedMembership, role: Role, version: number): string {
  const now = performance.now();
  const { answers, grants } = inForce(role, version);
  return timeline.judge({ answer: answers[0] ?? '', grants, from: now, to: now }).kind;
}

const MEMBER = [OK, OK, shows('Member', 1)];

async function makeMember({ watched, writer }: ReturnType<typeof scene>): Promise<void> {
  for (const step of [createOrganization, createUser, addMember('Member')]) {
    await writer(1).perform(watched, step);
  }
}

describe('Writer', () => {
  it('takes what was acknowledged for true, and nothing before it', async () => {
    const given = scene(...MEMBER, shows('Admin', 2));
    await makeMember(given);
    expect(judged(given.watched, 'Member', 1)).to.equal('right');
    await given.writer(0).perform(given.watched, changeRole('Admin'));
    expect(judged(given.watched, 'Admin', 2)).to.equal('right');
    expect(judged(given.watched, 'Member', 1)).to.equal('stale');
    expect(given.tally).to.include({ writes: 4, unclear: 0, lostWrites: 0 });
  });

  it('sends what got no answer again under its key, until it is answered', async () => {
    const given = scene(...MEMBER, NO_ANSWER, refused(503, 'outcome_unknown'), shows('Admin', 2));
    await makeMember(given);
    await given.writer(1).perform(given.watched, changeRole('Admin'));
    const again = given.sent.slice(3);
    expect(again).to.have.length(3);
    expect(new Set(again.map(({ idempotencyKey }) => idempotencyKey)).size).to.equal(1);
    expect(again[0]?.idempotencyKey).to.be.a('string');
    expect(judged(given.watched, 'Member', 1)).to.equal('stale');
    expect(given.tally).to.include({ unclear: 1 });
  });

  for (const [made, version] of [
    ['was made', 3],
    ['was not made', 2],
  ] as const) {
    it(`learns from the version of the next change that one without a key ${made}`, async () => {
      const given = scene(...MEMBER, NO_ANSWER, shows('Owner', version));
      await makeMember(given);
      await given.writer(0).perform(given.watched, changeRole('Admin'));
      expect(given.sent.slice(3).map(({ body }) => body)).to.deep.equal([
        { role: 'Admin' },
        { role: 'Owner' },
      ]);
      expect(given.watched.now).to.include({ role: 'Owner', version });
      expect(judged(given.watched, 'Owner', version)).to.equal('right');
      expect(judged(given.watched, 'Admin', 2)).to.equal(made === 'was made' ? 'stale' : 'never');
      expect(given.tally.lostWrites).to.equal(0);
    });
  }

  it('takes the old for true where it is told that nothing was written', async () => {
    const given = scene(...MEMBER, refused(503, 'cache_unavailable'));
    await makeMember(given);
    await given.writer(0).perform(given.watched, changeRole('Admin'));
    expect(judged(given.watched, 'Member', 1)).to.equal('right');
    expect(judged(given.watched, 'Admin', 2)).to.equal('never');
  });

  it('counts a write as lost when the next one does not follow it', async () => {
    const given = scene(...MEMBER, shows('Admin', 1));
    await makeMember(given);
    const lost = await given
      .writer(0)
      .perform(given.watched, changeRole('Admin'))
      .catch((error: Error) => error.message);
    expect(lost).to.equal('somebody else has written');
    expect(given.tally.lostWrites).to.equal(1);
  });

  it('does not go on after an answer that nobody should get', async () => {
    const given = scene(...MEMBER, refused(404, 'membership_not_found'));
    await makeMember(given);
    const surprise = await given
      .writer(0)
      .perform(given.watched, changeRole('Admin'))
      .catch((error: Error) => error.message);
    expect(surprise).to.contain('404 membership_not_found');
  });
});
