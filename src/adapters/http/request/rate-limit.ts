import type { ErrorRequestHandler, Request, RequestHandler, Response } from 'express';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import type { Caller } from '../../../domain/caller.ts';
import { Unauthenticated } from '../../../domain/errors.ts';
import { RateLimited } from '../errors.ts';
import { callerOf } from './authenticate.ts';
import { networkOf } from './client-network.ts';

/**
 * So many requests a minute and process for each caller; 0 = no limit. What does not come from somebody known counts for
 * the network it comes from: a guess or a made-up name has no allowance of its own, and nobody is locked out by what others
 * do behind the same address.
 */
export class RateLimit {
  readonly #perMinute: number;
  readonly #limiter: RateLimiterMemory;

  constructor(perMinute: number) {
    this.#perMinute = perMinute;
    this.#limiter = new RateLimiterMemory({ points: perMinute, duration: 60 });
  }

  /** After authentication. */
  readonly callers: RequestHandler = async (request, response, next) => {
    await this.#count(response, callerKey(callerOf(response)) ?? networkKey(request));
    next();
  };

  /** Where nobody is asked who they are. */
  readonly strangers: RequestHandler = async (request, response, next) => {
    await this.#count(response, networkKey(request));
    next();
  };

  /** Before a refusal is answered: what was refused uncounted, and callers who turned out to be nobody. */
  readonly refused: ErrorRequestHandler = async (error, request, response, next) => {
    const network = networkKey(request);
    const counted = countedFor(response);
    const isImpostor = error instanceof Unauthenticated && counted !== network;
    // Made-up names would fill the memory.
    if (isImpostor && counted !== undefined) await this.#limiter.delete(counted);
    if (isImpostor || counted === undefined) await this.#count(response, network);
    next(error);
  };

  /** @throws {RateLimited} */
  async #count(response: Response, key: string): Promise<void> {
    if (this.#perMinute === 0) return;
    response.locals['countedFor'] = key;
    try {
      await this.#limiter.consume(key);
    } catch (refused) {
      if (!(refused instanceof RateLimiterRes)) throw refused;
      throw new RateLimited(this.#perMinute, Math.max(1, Math.ceil(refused.msBeforeNext / 1000)));
    }
  }
}

function countedFor(response: Response): string | undefined {
  return response.locals['countedFor'];
}

/** `undefined` = nobody in particular. */
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
