import type { Express, RequestHandler } from 'express';
import { MethodNotAllowed } from '../errors.ts';
import { send } from '../response/send.ts';

type Method = 'get' | 'post' | 'patch' | 'delete';

/** The handlers of each path, by method. */
export type Routes = Readonly<Record<string, Readonly<Partial<Record<Method, RequestHandler>>>>>;

/** Registers routes. Other methods of their paths are answered with 405 and the allowed methods. */
export function mount(app: Express, routes: Routes, ...before: RequestHandler[]): void {
  for (const [path, handlers] of Object.entries(routes)) {
    const route = app.route(path);
    for (const [method, handler] of Object.entries(handlers)) route[method as Method](...before, handler);
    route.all(otherMethods(Object.keys(handlers)));
  }
}

function otherMethods(methods: readonly string[]): RequestHandler {
  const allowed = methods.flatMap((method) => (method === 'get' ? ['GET', 'HEAD'] : [method.toUpperCase()]));
  return (request, response) => {
    if (request.method !== 'OPTIONS') throw new MethodNotAllowed(request.method, allowed);
    response.setHeader('Allow', allowed.join(', '));
    send(response, 204);
  };
}
