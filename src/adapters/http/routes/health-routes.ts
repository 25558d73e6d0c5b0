import type { RequestHandler } from 'express';
import type { Health } from '../../../app/operations/health.ts';
import { send } from '../response/send.ts';
import type { Routes } from './mount.ts';

/** For load balancers and orchestrators: without authentication and rate limit. */
export function healthRoutes(health: Health, isDraining: () => boolean): Routes {
  const live: RequestHandler = (_request, response) => send(response, 200, { status: 'live' });
  const ready: RequestHandler = async (_request, response) => {
    if (isDraining()) return send(response, 503, { status: 'draining' });
    const { ready, ...checks } = await health.check();
    send(response, ready ? 200 : 503, { status: ready ? 'ready' : 'unready', ...checks });
  };
  return { '/health/live': { get: live }, '/health/ready': { get: ready } };
}
