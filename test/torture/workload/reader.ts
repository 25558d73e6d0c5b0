import type { Statistics } from '../checker/statistics.ts';
import type { ObservableState, Verdict } from '../checker/timeline.ts';
import type { SeededRandom } from '../seeded-random.ts';
import { activeMembership } from './expected-state.ts';
import type { CheckResult, TimedResponse } from './http-client.ts';
import type { Send } from './send.ts';
import type { TrackedMembership } from './tracked-membership.ts';

const CHECKS_PER_REQUEST = 5;
const CHECKS_PROBABILITY = 0.4;

/** How many states of the timeline are shown for an invalid read. */
const EVIDENCE_SPANS = 6;

/** Reads memberships and compares the responses with the possible states. */
export class Reader {
  readonly #send: Send;
  readonly #random: SeededRandom;
  readonly #statistics: Statistics;

  constructor(parts: { send: Send; random: SeededRandom; statistics: Statistics }) {
    this.#send = parts.send;
    this.#random = parts.random;
    this.#statistics = parts.statistics;
  }

  /** Sends one read of random memberships. @returns whether it was answered */
  async readSome(memberships: readonly TrackedMembership[]): Promise<boolean> {
    const verdicts = this.#random.happens(CHECKS_PROBABILITY)
      ? await this.checkTogether(this.#random.sample(memberships, CHECKS_PER_REQUEST))
      : await this.getEach(this.#random.sample(memberships, 1));
    return verdicts !== undefined;
  }

  /** Sends one GET for each membership, one after the other. @returns `undefined` = a request was not answered */
  async getEach(memberships: readonly TrackedMembership[]): Promise<readonly Verdict[] | undefined> {
    const verdicts: Verdict[] = [];
    for (const membership of memberships) {
      const { organization, user } = membership.names;
      const path = `/organizations/${organization}/members/${user}`;
      const response = await this.#send(this.#random, { method: 'GET', path });
      const { status, body } = response;
      if (status !== 200 && status !== 404) return this.#recordFailure(response, path);
      const result = { allowed: status === 200, reason: body.code, ...body.membership };
      verdicts.push(this.#judge(membership, observedState(result), response));
    }
    return verdicts;
  }

  /** Checks all memberships in one request. @returns `undefined` = the request was not answered */
  async checkTogether(memberships: readonly TrackedMembership[]): Promise<readonly Verdict[] | undefined> {
    const path = '/checks';
    const checks = memberships.map(({ names }) => ({
      organization: names.organization,
      username: names.user,
    }));
    const response = await this.#send(this.#random, { method: 'POST', path, body: { checks } });
    const { results } = response.body;
    if (results === undefined) return this.#recordFailure(response, path);
    return memberships.flatMap((membership, i) => {
      const result = results[i];
      return result === undefined ? [] : [this.#judge(membership, observedState(result), response)];
    });
  }

  #judge(
    { names, timeline }: TrackedMembership,
    { answers: [answer = ''], permissionLevel }: ObservableState,
    { sentAt, receivedAt }: TimedResponse,
  ): Verdict {
    const verdict = timeline.judge({ answer, permissionLevel, sentAt, receivedAt });
    this.#statistics.recordVerdict(verdict, receivedAt, () =>
      [
        `${names.user}: "${answer}", sent at ${sentAt.toFixed(1)}, received at ${receivedAt.toFixed(1)}: ${verdict.kind}`,
        ...timeline.describe(EVIDENCE_SPANS),
      ].join('\n    '),
    );
    return verdict;
  }

  #recordFailure({ status, body }: TimedResponse, path: string): undefined {
    this.#statistics.failedReads += 1;
    if (status !== undefined && status !== 503) {
      this.#statistics.recordUnexpected(`${path}: ${status} ${body.code}`);
    }
  }
}

/** The result of a check as an observable state. */
export function observedState(result: CheckResult): ObservableState {
  const { allowed, role, version, reason } = result;
  if (allowed && role !== undefined && version !== undefined) return activeMembership(role, version);
  return { answers: [reason ?? ''], permissionLevel: 0 };
}
