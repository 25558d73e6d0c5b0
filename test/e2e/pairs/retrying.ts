import { setTimeout as pause } from 'node:timers/promises';
import { type ApiResponse, problemOf } from '../../support/api-client.ts';

/** Refusals that tell a client to send the same request again. */
const AGAIN: ReadonlySet<string> = new Set(['409 conflict', '503 outcome_unknown', '503 store_unavailable']);
const MOST_ATTEMPTS = 20;
const PAUSE_MS = 50;

/** Asks until the answer is more than that it should be asked again, a moment later each time: a connection may be new. */
export async function insisting(ask: () => Promise<ApiResponse>): Promise<ApiResponse> {
  for (let attempt = 1; ; attempt += 1) {
    const response = await ask();
    if (attempt === MOST_ATTEMPTS || response.status < 400 || !AGAIN.has(problemOf(response)))
      return response;
    await pause(attempt * PAUSE_MS);
  }
}
