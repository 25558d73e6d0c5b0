import type { AccountService } from '../../../app/account-service.ts';
import type { CursorSeal } from '../cursor-seal.ts';
import { endpoint } from '../endpoint.ts';
import type { Routes } from '../mount.ts';
import { pageReply, pageRequest } from '../pages.ts';
import { resourceReply } from '../resource-reply.ts';
import { newUserBody, pageQuery, userPath } from '../schemas.ts';
import { membershipView, userView } from '../views.ts';

export function userRoutes(service: AccountService, seal: CursorSeal): Routes {
  return {
    '/users': {
      post: endpoint({
        open: true,
        body: newUserBody,
        handle: async ({ caller, body }) => {
          const user = await service.users.create(caller, body);
          return resourceReply(201, 'user', userView(user), `/users/${body.username}`);
        },
      }),
    },
    '/users/:username': {
      get: endpoint({
        open: true,
        path: userPath,
        handle: async ({ caller, path }) => {
          const user = await service.users.get(caller, path.username);
          return resourceReply(200, 'user', userView(user));
        },
      }),
    },
    '/users/:username/organizations': {
      get: endpoint({
        path: userPath,
        query: pageQuery,
        handle: async ({ caller, path: { username }, query }) => {
          const list = `organizations of ${username}`;
          const page = await service.memberships.listOrganizations(
            caller,
            username,
            await pageRequest(query, seal, list),
          );
          return pageReply('memberships', page, membershipView, seal, list);
        },
      }),
    },
  };
}
