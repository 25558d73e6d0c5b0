import type { ErrorRequestHandler, Request, RequestHandler, Response } from 'express';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import type { Caller } from '../../../domain/caller.ts';
import { Unauthenticated } from '../../../domain/errors.ts';
import { RateLimited } from '../errors.ts';
import { callerOf } from './authenticate.ts';
import { networkOf } from './client-network.ts';

/**
 * Limits the requests per minute of each caller, per process; 0 = no limit. Requests without valid credentials count for the
 * client's network: an invented name gets no quota, and an authenticated caller is not affected by others at the same
 * address.
 */
export class RateLimit {
  readonly #perMinute: number;
  readonly #limiter: RateLimiterMemory;

  constructor(perMinute: number) {
    this.#perMinute = perMinute;
    this.#limiter = new RateLimiterMemory({ points: perMinute, duration: 60 });
  }

  /** For requests that have been authenticated. */
  readonly authenticated: RequestHandler = async (request, response, next) => {
    await this.#count(response, callerKey(callerOf(response)) ?? networkKey(request));
    next();
  };

  /** For routes without authentication. */
  readonly unauthenticated: RequestHandler = async (request, response, next) => {
    await this.#count(response, networkKey(request));
    next();
  };

  /** For errors: counts requests that were rejected before they were counted, and those whose caller does not exist. */
  readonly rejected: ErrorRequestHandler = async (error, request, response, next) => {
    const network = networkKey(request);
    const counted = countedFor(response);
    const isUnknownCaller = error instanceof Unauthenticated && counted !== network;
    // Invented names would fill the memory.
    if (isUnknownCaller && counted !== undefined) await this.#limiter.delete(counted);
    if (isUnknownCaller || counted === undefined) await this.#count(response, network);
    next(error);
  };

  /** @throws {RateLimited} */
  async #count(response: Response, key: string): Promise<void> {
    if (this.#perMinute === 0) return;
    response.locals['countedFor'] = key;
    try {
      await this.#limiter.consume(key);
    } catch (rejected) {
      if (!(rejected instanceof RateLimiterRes)) throw rejected;
      throw new RateLimited(this.#perMinute, Math.max(1, Math.ceil(rejected.msBeforeNext / 1000)));
    }
  }
}

function countedFor(response: Response): string | undefined {
  return response.locals['countedFor'];
}

/** `undefined` = anonymous. */
function callerKey(caller: Caller): string | undefined {
  switch (caller.type) {
    case 'anonymous':
      return undefined;
    case 'user':
      return `user:${caller.username}`;
    case 'service':
      return `service:${caller.name}`;
  }
}

function networkKey({ ip }: Request): string {
  return `network:${networkOf(ip ?? '')}`;
}
