import {
  emailQuery,
  eventsQuery,
  newUserBody,
  pageQuery,
  userEditBody,
  userPath,
} from '../request/schemas.ts';
import type { CursorSeal } from '../response/cursor-seal.ts';
import { eventsReply } from '../response/event-pages.ts';
import { pageReply } from '../response/pages.ts';
import { resourceReply } from '../response/reply.ts';
import { membershipView, userView } from '../response/views.ts';
import type { EndpointFactory } from './endpoint.ts';
import type { Routes } from './mount.ts';

export function userRoutes(endpoint: EndpointFactory, seal: CursorSeal): Routes {
  return {
    '/users': {
      post: endpoint({
        open: true,
        body: newUserBody,
        handle: async ({ accounts, caller, body }) => {
          const user = await accounts.users.create(caller, body);
          return resourceReply(201, 'user', userView(user), `/users/${body.username}`);
        },
      }),
      get: endpoint({
        query: emailQuery,
        handle: async ({ accounts, caller, query: { email } }) => {
          const user = await accounts.users.findByEmail(caller, email);
          return resourceReply(200, 'user', userView(user));
        },
      }),
    },
    '/users/:username': {
      get: endpoint({
        open: true,
        path: userPath,
        handle: async ({ accounts, caller, path: { username } }) => {
          const user = await accounts.users.get(caller, username);
          return resourceReply(200, 'user', userView(user));
        },
      }),
      patch: endpoint({
        path: userPath,
        body: userEditBody,
        handle: async ({ accounts, caller, path: { username }, body, ifVersion }) => {
          const user = await accounts.users.update(caller, username, body, ifVersion);
          return resourceReply(200, 'user', userView(user));
        },
      }),
      delete: endpoint({
        path: userPath,
        handle: async ({ accounts, caller, path: { username }, ifVersion }) => {
          await accounts.users.delete(caller, username, ifVersion);
          return { status: 204 };
        },
      }),
    },
    '/users/:username/suspend': {
      post: endpoint({
        path: userPath,
        handle: async ({ accounts, caller, path: { username } }) =>
          resourceReply(200, 'user', userView(await accounts.users.suspend(caller, username))),
      }),
    },
    '/users/:username/resume': {
      post: endpoint({
        path: userPath,
        handle: async ({ accounts, caller, path: { username } }) =>
          resourceReply(200, 'user', userView(await accounts.users.resume(caller, username))),
      }),
    },
    '/users/:username/organizations': {
      get: endpoint({
        path: userPath,
        query: pageQuery,
        handle: ({ accounts, caller, path: { username }, query }) =>
          pageReply('memberships', membershipView, {
            query,
            seal,
            list: `organizations of ${username}`,
            read: (page) => accounts.memberships.listOrganizations(caller, username, page),
          }),
      }),
    },
    '/users/:username/events': {
      get: endpoint({
        path: userPath,
        query: eventsQuery,
        handle: ({ accounts, caller, path: { username }, query }) =>
          eventsReply({
            query,
            seal,
            list: `events of user ${username}`,
            read: (page) => accounts.users.listEvents(caller, username, page),
          }),
      }),
    },
  };
}
