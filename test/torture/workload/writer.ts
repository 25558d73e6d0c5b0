import { setTimeout as sleep } from 'node:timers/promises';
import type { Statistics } from '../checker/statistics.ts';
import type { Span } from '../checker/timeline.ts';
import type { SeededRandom } from '../seeded-random.ts';
import { Editor } from './editor.ts';
import { type ExpectedState, observableState } from './expected-state.ts';
import type { TimedResponse } from './http-client.ts';
import type { Request, Send } from './send.ts';
import type { TrackedMembership } from './tracked-membership.ts';
import { changeRole, nextScenario, otherRole, type WriteRequest, type WriteStep } from './write-steps.ts';

/** Error codes that guarantee that nothing was written and nothing will be. */
const NOTHING_WRITTEN: ReadonlySet<string | undefined> = new Set([
  'conflict',
  'cache_unavailable',
  'store_unavailable',
  'overloaded',
]);
const RETRYABLE: ReadonlySet<string | undefined> = new Set([...NOTHING_WRITTEN, 'outcome_unknown']);

/** The probability that a name is edited concurrently with a write. */
const CONCURRENT_EDIT_PROBABILITY = 0.5;
/** The probability that a write which needs no `Idempotency-Key` is sent without one. */
const NO_KEY_PROBABILITY = 0.5;
const MIN_RETRY_DELAY_MS = 20;
const MAX_RETRY_DELAY_MS = 150;

/** Changes memberships, one request after the other, and determines the outcome of each. */
export class Writer {
  readonly #send: Send;
  readonly #random: SeededRandom;
  readonly #statistics: Statistics;
  readonly #giveUpSignal: AbortSignal;
  readonly #editor: Editor;
  readonly #keyPrefix: string;
  #keys = 0;

  /**
   * @param parts.name unique among the writers
   * @param parts.giveUpSignal aborted when retries must end
   */
  constructor(parts: {
    name: string;
    send: Send;
    random: SeededRandom;
    statistics: Statistics;
    giveUpSignal: AbortSignal;
  }) {
    this.#keyPrefix = parts.name;
    this.#editor = new Editor(parts);
    this.#send = parts.send;
    this.#random = parts.random;
    this.#statistics = parts.statistics;
    this.#giveUpSignal = parts.giveUpSignal;
  }

  async runScenario(membership: TrackedMembership): Promise<void> {
    for (const step of nextScenario(this.#random, membership.state)) {
      const isEdited = this.#random.happens(CONCURRENT_EDIT_PROBABILITY);
      await Promise.all([this.execute(membership, step), isEdited && this.#editor.edit(membership)]);
    }
  }

  /** @throws {Error} if the request was rejected, or got no definite outcome in time */
  async execute(membership: TrackedMembership, step: WriteStep): Promise<void> {
    const write = step(membership.names, membership.state);
    // The outcome of a role change can be determined by changing to a third role. Other writes need a key to be retried.
    const needsNoKey = write.method === 'PATCH' && write.stateAfter.user === 'active';
    if (needsNoKey && this.#random.happens(NO_KEY_PROBABILITY)) {
      await this.#sendWithoutKey(membership, write);
    } else {
      await this.#sendWithKey(membership, write, [write.stateAfter]);
    }
    this.#statistics.writes += 1;
  }

  async #sendWithoutKey(membership: TrackedMembership, write: WriteRequest): Promise<void> {
    const { names, state, timeline } = membership;
    const span = timeline.begin(observableState(write.stateAfter), performance.now());
    const response = await this.#send(this.#random, this.#requestOf(membership, write));
    if (isSuccess(response)) {
      this.#confirm(membership, [{ span, state: write.stateAfter }], response);
    } else if (NOTHING_WRITTEN.has(response.body.code)) {
      this.#discard(membership, span);
    } else {
      this.#assertRetryable(response, write);
      this.#statistics.unknownOutcomes += 1;
      const role = otherRole(this.#random, state.role, write.stateAfter.role);
      const nextWrite = changeRole(role)(names, state);
      const ifApplied = { ...write.stateAfter, role, version: write.stateAfter.version + 1 };
      const confirmed = await this.#sendWithKey(membership, nextWrite, [nextWrite.stateAfter, ifApplied]);
      if (confirmed === nextWrite.stateAfter) this.#discard(membership, span);
    }
  }

  /**
   * Sends the same request with one `Idempotency-Key` until it succeeds.
   * @param possible the states that can follow; the version in the response tells which one does
   */
  async #sendWithKey(
    membership: TrackedMembership,
    write: WriteRequest,
    possible: readonly ExpectedState[],
  ): Promise<ExpectedState | undefined> {
    this.#keys += 1;
    const request = this.#requestOf(membership, write, `${this.#keyPrefix}-${this.#keys}`);
    const sentAt = performance.now();
    const candidates = possible.map((state) => ({
      span: membership.timeline.begin(observableState(state), sentAt),
      state,
    }));
    for (let attempt = 1; ; attempt += 1) {
      const response = await this.#send(this.#random, request);
      if (isSuccess(response)) return this.#confirm(membership, candidates, response);
      this.#assertRetryable(response, write);
      if (attempt === 1) this.#statistics.unknownOutcomes += 1;
      if (this.#giveUpSignal.aborted) {
        throw new Error(`${write.method} ${write.path} did not succeed in ${attempt} attempts.`);
      }
      await sleep(this.#random.between(MIN_RETRY_DELAY_MS, MAX_RETRY_DELAY_MS));
    }
  }

  /** Selects the candidate with the version in the response, or the first one if the response has no version. */
  #confirm(
    membership: TrackedMembership,
    candidates: readonly { readonly span: Span; readonly state: ExpectedState }[],
    { body, receivedAt }: TimedResponse,
  ): ExpectedState | undefined {
    const version = body.membership?.version;
    const confirmed = candidates.find(({ state }) => version === undefined || version === state.version);
    for (const { span } of candidates) if (span !== confirmed?.span) this.#discard(membership, span);
    if (confirmed === undefined) {
      const expected = candidates.map(({ state }) => state.version).join(' or ');
      const description = `${membership.names.user}: the write produced version ${version}, expected ${expected}`;
      this.#statistics.recordLostWrite(description);
      throw new Error(description);
    }
    membership.timeline.acknowledge(confirmed.span, receivedAt);
    membership.state = confirmed.state;
    return confirmed.state;
  }

  #discard({ names, timeline }: TrackedMembership, span: Span): void {
    const reads = timeline.discard(span);
    this.#statistics.recordUnwrittenReads(
      reads,
      () => `${names.user}: ${reads} reads returned "${span.state.answers[0]}", which was never written`,
    );
  }

  #assertRetryable({ status, body }: TimedResponse, { method, path }: WriteRequest): void {
    if (status === undefined || RETRYABLE.has(body.code)) return;
    throw new Error(`${method} ${path}: unexpected response ${status} ${body.code}`);
  }

  #requestOf(
    { names }: TrackedMembership,
    { method, path, body, sender }: WriteRequest,
    idempotencyKey?: string,
  ): Request {
    const username = sender === 'owner' ? names.owner : undefined;
    return { method, path, body, username, idempotencyKey };
  }
}

function isSuccess({ status }: TimedResponse): boolean {
  return status !== undefined && status < 300;
}
