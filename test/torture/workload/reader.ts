import type { Chance } from '../chance.ts';
import type { Tally } from '../checker/tally.ts';
import type { State, Verdict } from '../checker/timeline.ts';
import type { CheckResult, Reply } from './http-client.ts';
import type { Send } from './send.ts';
import { inForce } from './situation.ts';
import type { WatchedMembership } from './watched-membership.ts';

const CHECKS_AT_ONCE = 5;
/** Of all requests. */
const CHECKS_PART = 0.4;

/** Of the timeline, to explain a wrong answer. */
const EVIDENCE_SPANS = 6;

/** Asks about memberships, and compares what it is told with what can have been true. */
export class Reader {
  readonly #send: Send;
  readonly #chance: Chance;
  readonly #tally: Tally;

  constructor(parts: { send: Send; chance: Chance; tally: Tally }) {
    this.#send = parts.send;
    this.#chance = parts.chance;
    this.#tally = parts.tally;
  }

  /** One request about some of them. @returns whether it was answered */
  async ask(all: readonly WatchedMembership[]): Promise<boolean> {
    const verdicts = this.#chance.happens(CHECKS_PART)
      ? await this.check(this.#chance.sample(all, CHECKS_AT_ONCE))
      : await this.get(this.#chance.sample(all, 1));
    return verdicts !== undefined;
  }

  /** By the hot path, one after another. @returns `undefined` = one was not answered */
  async get(asked: readonly WatchedMembership[]): Promise<readonly Verdict[] | undefined> {
    const verdicts: Verdict[] = [];
    for (const watched of asked) {
      const { organization, user } = watched.names;
      const path = `/organizations/${organization}/members/${user}`;
      const reply = await this.#send(this.#chance, { method: 'GET', path });
      const { status, body } = reply;
      if (status !== 200 && status !== 404) return this.#unanswered(reply, path);
      const result = { allowed: status === 200, reason: body.code, ...body.membership };
      verdicts.push(this.#judge(watched, saidBy(result), reply));
    }
    return verdicts;
  }

  /** All in one request. @returns `undefined` = it was not answered */
  async check(asked: readonly WatchedMembership[]): Promise<readonly Verdict[] | undefined> {
    const path = '/checks';
    const checks = asked.map(({ names: { organization, user: username } }) => ({ organization, username }));
    const reply = await this.#send(this.#chance, { method: 'POST', path, body: { checks } });
    const { results } = reply.body;
    if (results === undefined) return this.#unanswered(reply, path);
    return asked.flatMap((watched, i) => {
      const result = results[i];
      return result === undefined ? [] : [this.#judge(watched, saidBy(result), reply)];
    });
  }

  #judge({ names, timeline }: WatchedMembership, said: State, { from, to }: Reply): Verdict {
    const [answer = ''] = said.answers;
    const verdict = timeline.judge({ answer, grants: said.grants, from, to });
    this.#tally.count(verdict, to, () =>
      [
        `${names.user}: "${answer}", asked at ${from.toFixed(1)}, answered at ${to.toFixed(1)}: ${verdict.kind}`,
        ...timeline.tell(EVIDENCE_SPANS),
      ].join('\n    '),
    );
    return verdict;
  }

  #unanswered({ status, body }: Reply, path: string): undefined {
    this.#tally.unanswered += 1;
    if (status !== undefined && status !== 503)
      this.#tally.surprise(`${path} was answered ${status} ${body.code}`);
  }
}

/** An answer to a check, as a state. */
export function saidBy(result: CheckResult): State {
  const { allowed, role, version, reason } = result;
  if (allowed && role !== undefined && version !== undefined) return inForce(role, version);
  return { answers: [reason ?? ''], grants: 0 };
}
