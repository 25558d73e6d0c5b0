import type { RequestHandler } from 'express';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import type { Caller } from '../../domain/caller.ts';
import { callerOf } from './authenticate.ts';
import { RateLimited } from './errors.ts';

/** So many requests a minute for each caller (for nobody in particular: each address) and process. */
export function rateLimit(perMinute: number): RequestHandler {
  const limiter = new RateLimiterMemory({ points: perMinute, duration: 60 });
  return async (request, response, next) => {
    try {
      await limiter.consume(countedAs(callerOf(response), request.ip));
    } catch (refused) {
      if (!(refused instanceof RateLimiterRes)) throw refused;
      throw new RateLimited(perMinute, Math.max(1, Math.ceil(refused.msBeforeNext / 1000)));
    }
    next();
  };
}

function countedAs(caller: Caller, address: string | undefined): string {
  switch (caller.type) {
    case 'anonymous':
      return `address:${address}`;
    case 'user':
      return `user:${caller.username}`;
    case 'service':
      return `service:${caller.name}`;
  }
}
