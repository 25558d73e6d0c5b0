import type { Chance } from '../chance.ts';
import type { Tally } from '../checker/tally.ts';
import type { State, Verdict } from '../checker/timeline.ts';
import type { Reply } from './http-client.ts';
import type { Send } from './send.ts';
import { inForce } from './situation.ts';
import type { WatchedMembership } from './watched-membership.ts';

const CHECKS_AT_ONCE = 5;
/** Of all requests. */
const CHECKS_PART = 0.4;

/** What an answer said; `undefined` = there was none. */
type Said = State | undefined;

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
      const isAnswer = (status === 200 && body.membership !== undefined) || status === 404;
      const said = isAnswer ? saidBy(body.membership, body.code) : this.#unanswered(reply, path);
      if (said === undefined) return undefined;
      verdicts.push(this.#judge(watched, said, reply));
    }
    return verdicts;
  }

  /** All in one request. @returns `undefined` = it was not answered */
  async check(asked: readonly WatchedMembership[]): Promise<readonly Verdict[] | undefined> {
    const path = '/checks';
    const checks = asked.map(({ names: { organization, user: username } }) => ({ organization, username }));
    const reply = await this.#send(this.#chance, { method: 'POST', path, body: { checks } });
    const { results } = reply.body;
    if (results === undefined) {
      this.#unanswered(reply, path);
      return undefined;
    }
    return asked.flatMap((watched, i) => {
      const result = results[i];
      const said =
        result === undefined ? undefined : saidBy(result.allowed ? result : undefined, result.reason);
      return said === undefined ? [] : [this.#judge(watched, said, reply)];
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
    if (status !== undefined && status !== 503) this.#tally.surprise(`GET ${path}: ${status} ${body.code}`);
  }
}

const EVIDENCE_SPANS = 6;

/** @param membership where there is one in force */
export function saidBy(
  membership: { readonly role?: 'Owner' | 'Admin' | 'Member'; readonly version?: number } | undefined,
  reason: string | undefined,
): Said {
  const { role, version } = membership ?? {};
  if (role !== undefined && version !== undefined) return inForce(role, version);
  return reason === undefined ? undefined : { answers: [reason], grants: 0 };
}
