import { setTimeout as pause } from 'node:timers/promises';
import { type ApiResponse, problemOf } from '../../support/api-client.ts';

/** Errors that ask a client to send the same request again. */
const RETRYABLE: ReadonlySet<string> = new Set([
  '409 conflict',
  '503 outcome_unknown',
  '503 store_unavailable',
]);
const MAX_ATTEMPTS = 20;
const PAUSE_MS = 50;

/** Repeats a request with growing pauses until the response does not ask for a retry. */
export async function retryUntilSettled(send: () => Promise<ApiResponse>): Promise<ApiResponse> {
  for (let attempt = 1; ; attempt += 1) {
    const response = await send();
    if (attempt === MAX_ATTEMPTS || response.status < 400 || !RETRYABLE.has(problemOf(response)))
      return response;
    await pause(attempt * PAUSE_MS);
  }
}
