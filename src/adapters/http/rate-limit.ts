import type { RequestHandler } from 'express';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { callerOf } from './authenticate.ts';
import { RateLimited } from './errors.ts';

/** So many requests a minute for each caller (for nobody in particular: each address) and process. */
export function rateLimit(perMinute: number): RequestHandler {
  const limiter = new RateLimiterMemory({ points: perMinute, duration: 60 });
  return async (request, response, next) => {
    const caller = callerOf(response);
    const key = caller.type === 'user' ? `user:${caller.username}` : `address:${request.ip}`;
    try {
      await limiter.consume(key);
    } catch (refused) {
      if (!(refused instanceof RateLimiterRes)) throw refused;
      throw new RateLimited(perMinute, Math.max(1, Math.ceil(refused.msBeforeNext / 1000)));
    }
    next();
  };
}
