import type { DynamoDBDocumentClient, TransactWriteCommandInput } from '@aws-sdk/lib-dynamodb';
import { TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import type { Clock, Deadline } from '../../../ports/clock.ts';
import { OutcomeUnknown, reasonOf, StoreNotProvisioned, StoreUnavailable } from '../../../ports/errors.ts';
import type { Ids } from '../../../ports/ids.ts';
import { CONDITION_FAILED, isNotFound, isPassing, verdictOn } from './dynamo-errors.ts';

export type TransactWriteItem = NonNullable<TransactWriteCommandInput['TransactItems']>[number];

/** Most operations that one transaction may have. */
const MAX_TRANSACTION_ITEMS = 100;

/** After this long without an answer a request is given up and sent again; Amazon advises a second for transactions. */
const ATTEMPT_MS = 1000;
const FIRST_PAUSE_MS = 10;
/** Node's timers take no more. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;
const LONGEST_PAUSE_MS = 250;

export interface RequestOptions {
  readonly client: DynamoDBDocumentClient;
  readonly clock: Clock;
  readonly ids: Pick<Ids, 'fraction' | 'token'>;
}

class LateAnswer extends Error {
  constructor() {
    super('no answer in time');
  }
}

/** Requests that settle by their deadline, sent again where that is safe and may help. */
export class DynamoRequests {
  readonly #client: DynamoDBDocumentClient;
  readonly #clock: Clock;
  readonly #ids: Pick<Ids, 'fraction' | 'token'>;

  constructor({ client, clock, ids }: RequestOptions) {
    this.#client = client;
    this.#clock = clock;
    this.#ids = ids;
  }

  /** @throws {StoreUnavailable} */
  async read<T>(
    deadline: Deadline,
    send: (client: DynamoDBDocumentClient, options: { abortSignal: AbortSignal }) => Promise<T>,
  ): Promise<T> {
    let last: unknown;
    for (let attempt = 0; this.#isEarly(deadline); attempt += 1) {
      try {
        return await this.#inTime(deadline, (options) => send(this.#client, options));
      } catch (error) {
        const verdict = verdictOn(error);
        const isFinal =
          verdict.kind === 'refused' || (verdict.kind === 'cancelled' && !isPassing(verdict.codes));
        if (isFinal) throw refusalBecauseOf(error);
        last = moreTelling(last, error);
      }
      if (!(await this.pause(attempt, deadline))) break;
    }
    throw new StoreUnavailable(`DynamoDB did not answer in time (${reasonOf(last)}).`, { cause: last });
  }

  /**
   * Applies the operations at once or not at all, and only once however often they are sent: a token goes with just
   * these bytes, and DynamoDB remembers it for ten minutes. While a request with it may yet be applied, none is sent
   * with another.
   *
   * @returns the positions of the items whose conditions do not hold, nothing being applied; none = applied. What a
   *   request sent earlier did is then settled too: what its conditions say of versions and numbers never holds again
   * @throws {StoreUnavailable | OutcomeUnknown}
   */
  async transact(items: readonly TransactWriteItem[], deadline: Deadline): Promise<readonly number[]> {
    if (items.length > MAX_TRANSACTION_ITEMS) {
      throw new StoreUnavailable(
        `The change takes ${items.length} operations; a DynamoDB transaction has at most ${MAX_TRANSACTION_ITEMS}.`,
      );
    }
    let token = this.#ids.token();
    let isOpen = false;
    let last: unknown;
    for (let attempt = 0; this.#isEarly(deadline); attempt += 1) {
      const request = { TransactItems: [...items], ClientRequestToken: token };
      try {
        await this.#inTime(deadline, (options) =>
          this.#client.send(new TransactWriteCommand(request), options),
        );
        return [];
      } catch (error) {
        last = error;
      }
      const verdict = verdictOn(last);
      if (verdict.kind === 'cancelled') {
        const failed = verdict.codes.flatMap((code, index) => (code === CONDITION_FAILED ? [index] : []));
        if (failed.length > 0) return failed;
      }
      if (verdict.kind === 'unknown') isOpen = true;
      else if (!isWorthRepeating(verdict, isOpen)) break;
      else if (!isOpen) token = this.#ids.token();
      if (!(await this.pause(attempt, deadline))) break;
    }
    throw isOpen
      ? new OutcomeUnknown('DynamoDB did not say whether it applied the change.', { cause: last })
      : new StoreUnavailable('DynamoDB did not take the change.', { cause: last });
  }

  /** Waits longer after each attempt, by chance more or less. `false`, at once, where the deadline comes first. */
  async pause(attempt: number, deadline: Deadline): Promise<boolean> {
    const longest = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** attempt);
    const pause = 1 + this.#ids.fraction() * longest;
    if (this.#clock.monotonic() + pause > deadline) return false;
    await this.#clock.sleep(pause);
    return true;
  }

  /** Settles by the deadline, whatever `wait` does; what it does then does not matter. */
  async atMostUntil(deadline: Deadline, wait: Promise<unknown>): Promise<void> {
    await this.#inTime(deadline, () => wait, Number.POSITIVE_INFINITY).catch(() => {});
  }

  #isEarly(deadline: Deadline): boolean {
    return this.#clock.monotonic() <= deadline;
  }

  async #inTime<T>(
    deadline: Deadline,
    send: (options: { abortSignal: AbortSignal }) => Promise<T>,
    longest = ATTEMPT_MS,
  ): Promise<T> {
    const controller = new AbortController();
    let timer: NodeJS.Timeout | undefined;
    // The SDK hears of the signal only once it has credentials, so it is not trusted to settle in time.
    const late = new Promise<never>((_, reject) => {
      const left = Math.min(longest, deadline - this.#clock.monotonic(), LONGEST_TIMER_MS);
      timer = setTimeout(() => {
        controller.abort();
        reject(new LateAnswer());
      }, left);
    });
    try {
      return await Promise.race([send({ abortSignal: controller.signal }), late]);
    } finally {
      clearTimeout(timer);
    }
  }
}

/** An attempt that the deadline cut short hides why those before it failed. */
function moreTelling(before: unknown, now: unknown): unknown {
  return before !== undefined && now instanceof LateAnswer ? before : now;
}

function refusalBecauseOf(cause: unknown): StoreUnavailable {
  return isNotFound(cause)
    ? new StoreNotProvisioned('the DynamoDB table does not exist: run `rollcall provision`', { cause })
    : new StoreUnavailable(`DynamoDB refused (${reasonOf(cause)}).`, { cause });
}

function isWorthRepeating(verdict: ReturnType<typeof verdictOn>, isOpen: boolean): boolean {
  switch (verdict.kind) {
    case 'cancelled':
      return isPassing(verdict.codes);
    case 'passing':
      return true;
    case 'token_taken':
      // By an earlier request of this very commit, if one is open; else by chance, by somebody else.
      return !isOpen;
    default:
      return false;
  }
}
