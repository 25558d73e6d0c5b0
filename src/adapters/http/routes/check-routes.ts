import { checksBody } from '../request/schemas.ts';
import type { EndpointFactory } from './endpoint.ts';
import type { Routes } from './mount.ts';

export function checkRoutes(endpoint: EndpointFactory): Routes {
  return {
    '/checks': {
      post: endpoint({
        body: checksBody,
        handle: async ({ accounts, caller, body }) => {
          const results = await accounts.checks.check(caller, body.checks);
          return { status: 200, body: { results } };
        },
      }),
    },
  };
}
