import type { Chance } from '../chance.ts';
import type { Reply } from './http-client.ts';

/** A request, not yet said to whom. */
export interface Request {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly body?: object | undefined;
  /** A username; absent = the service that may do everything. */
  readonly as?: string | undefined;
  readonly idempotencyKey?: string | undefined;
}

/** Sends it to one of the instances, whichever comes up. Never rejects. */
export type Send = (chance: Chance, request: Request) => Promise<Reply>;
