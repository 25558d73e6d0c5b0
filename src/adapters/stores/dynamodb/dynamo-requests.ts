import type { DynamoDBDocumentClient, TransactWriteCommandInput } from '@aws-sdk/lib-dynamodb';
import { TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import type { Clock, Deadline } from '../../../ports/clock.ts';
import { OutcomeUnknown, StoreNotProvisioned, StoreUnavailable } from '../../../ports/errors.ts';
import type { Ids } from '../../../ports/ids.ts';
import { describeDynamoError } from './describe-dynamo-error.ts';
import {
  AttemptTimeout,
  CONDITION_FAILED,
  classify,
  type ErrorClass,
  isTableNotFound,
  isTransientCancellation,
} from './dynamo-errors.ts';

export type TransactWriteItem = NonNullable<TransactWriteCommandInput['TransactItems']>[number];

/** DynamoDB's limit. */
const MAX_TRANSACTION_ITEMS = 100;

/** Amazon recommends one second for transactions. */
const ATTEMPT_TIMEOUT_MS = 1000;
const INITIAL_BACKOFF_MS = 10;
const MAX_BACKOFF_MS = 250;
/** Node fires timers with a longer delay at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

export interface RequestOptions {
  readonly client: DynamoDBDocumentClient;
  readonly clock: Clock;
  readonly ids: Pick<Ids, 'fraction' | 'token'>;
}

/** Sends requests that settle by their deadline, with retries where a retry is safe and may succeed. */
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
    let lastError: unknown;
    for (let attempt = 0; this.#hasTimeLeft(deadline); attempt += 1) {
      try {
        return await this.#withTimeout(deadline, (options) => send(this.#client, options));
      } catch (error) {
        const errorClass = classify(error);
        const isPermanent =
          errorClass.kind === 'rejected' ||
          (errorClass.kind === 'cancelled' && !isTransientCancellation(errorClass.codes));
        if (isPermanent) throw rejectionFor(error);
        lastError = mostInformative(lastError, error);
      }
      if (!(await this.backOff(attempt, deadline))) break;
    }
    throw new StoreUnavailable(describeDynamoError(lastError), { cause: lastError });
  }

  /**
   * Applies the operations atomically, and exactly once despite retries: the idempotency token belongs to these exact
   * bytes, and DynamoDB keeps it for ten minutes. While a request with one token may still be applied, no request is
   * sent with another token.
   *
   * @returns the positions of the items whose conditions failed, in which case nothing was applied; empty = applied.
   *   Failed conditions also settle every earlier attempt: versions and event numbers never repeat, so its conditions
   *   can never hold again
   * @throws {StoreUnavailable | OutcomeUnknown}
   */
  async transact(items: readonly TransactWriteItem[], deadline: Deadline): Promise<readonly number[]> {
    if (items.length > MAX_TRANSACTION_ITEMS) {
      throw new StoreUnavailable(
        `the change needs ${items.length} operations; a DynamoDB transaction has at most ${MAX_TRANSACTION_ITEMS}`,
      );
    }
    let token = this.#ids.token();
    let mayBeApplied = false;
    let lastError: unknown;
    for (let attempt = 0; this.#hasTimeLeft(deadline); attempt += 1) {
      const request = { TransactItems: [...items], ClientRequestToken: token };
      try {
        await this.#withTimeout(deadline, (options) =>
          this.#client.send(new TransactWriteCommand(request), options),
        );
        return [];
      } catch (error) {
        lastError = error;
      }
      const errorClass = classify(lastError);
      if (errorClass.kind === 'cancelled') {
        const failed = errorClass.codes.flatMap((code, index) => (code === CONDITION_FAILED ? [index] : []));
        if (failed.length > 0) return failed;
      }
      if (errorClass.kind === 'unknown') mayBeApplied = true;
      else if (!isRetryable(errorClass, mayBeApplied)) break;
      else if (!mayBeApplied) token = this.#ids.token();
      if (!(await this.backOff(attempt, deadline))) break;
    }
    const reason = describeDynamoError(lastError);
    throw mayBeApplied
      ? new OutcomeUnknown(`the change may have been applied: ${reason}`, { cause: lastError })
      : new StoreUnavailable(`the change was not applied: ${reason}`, { cause: lastError });
  }

  /** Exponential backoff with jitter. Returns `false` at once where the deadline would pass during the delay. */
  async backOff(attempt: number, deadline: Deadline): Promise<boolean> {
    const maxDelayMs = Math.min(MAX_BACKOFF_MS, INITIAL_BACKOFF_MS * 2 ** attempt);
    const delayMs = 1 + this.#ids.fraction() * maxDelayMs;
    if (this.#clock.monotonic() + delayMs > deadline) return false;
    await this.#clock.sleep(delayMs);
    return true;
  }

  /** Waits until the promise settles, or until the deadline; ignores its result. */
  async waitFor(promise: Promise<unknown>, deadline: Deadline): Promise<void> {
    await this.#withTimeout(deadline, () => promise, Number.POSITIVE_INFINITY).catch(() => {});
  }

  #hasTimeLeft(deadline: Deadline): boolean {
    return this.#clock.monotonic() <= deadline;
  }

  async #withTimeout<T>(
    deadline: Deadline,
    send: (options: { abortSignal: AbortSignal }) => Promise<T>,
    maxMs = ATTEMPT_TIMEOUT_MS,
  ): Promise<T> {
    const controller = new AbortController();
    let timer: NodeJS.Timeout | undefined;
    // The SDK ignores the signal while it loads credentials, so it may settle after the deadline.
    const timeout = new Promise<never>((_, reject) => {
      const timeoutMs = Math.min(maxMs, deadline - this.#clock.monotonic(), MAX_TIMER_MS);
      timer = setTimeout(() => {
        controller.abort();
        reject(new AttemptTimeout());
      }, timeoutMs);
    });
    try {
      return await Promise.race([send({ abortSignal: controller.signal }), timeout]);
    } finally {
      clearTimeout(timer);
    }
  }
}

/** An earlier error explains more than a last attempt that the deadline cut short. */
function mostInformative(previous: unknown, latest: unknown): unknown {
  return previous !== undefined && latest instanceof AttemptTimeout ? previous : latest;
}

function rejectionFor(cause: unknown): StoreUnavailable {
  return isTableNotFound(cause)
    ? new StoreNotProvisioned('the DynamoDB table does not exist: run `rollcall provision`', { cause })
    : new StoreUnavailable(describeDynamoError(cause), { cause });
}

function isRetryable(errorClass: ErrorClass, mayBeApplied: boolean): boolean {
  switch (errorClass.kind) {
    case 'cancelled':
      return isTransientCancellation(errorClass.codes);
    case 'transient':
      return true;
    case 'token_reused':
      // The token belongs to an earlier attempt of this commit if one may be applied; otherwise it is a collision.
      return !mayBeApplied;
    default:
      return false;
  }
}
