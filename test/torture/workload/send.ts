import type { SeededRandom } from '../seeded-random.ts';
import type { TimedResponse } from './http-client.ts';

/** A request that any instance can process. */
export interface Request {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly body?: object | undefined;
  /** The user who sends it; `undefined` = the service. */
  readonly username?: string | undefined;
  readonly idempotencyKey?: string | undefined;
}

/** Sends a request to a random instance. Never rejects. */
export type Send = (random: SeededRandom, request: Request) => Promise<TimedResponse>;
