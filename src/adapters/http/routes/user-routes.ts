import {
  emailQuery,
  eventsQuery,
  newUserBody,
  pageQuery,
  userEditBody,
  userPath,
} from '../request/schemas.ts';
import type { CursorCipher } from '../response/cursor-cipher.ts';
import { eventsReply } from '../response/events-reply.ts';
import { pageReply } from '../response/page-reply.ts';
import { resourceReply } from '../response/reply.ts';
import { membershipView, userView } from '../response/views.ts';
import type { EndpointFactory } from './endpoint.ts';
import type { Routes } from './mount.ts';

export function userRoutes(endpoint: EndpointFactory, cursors: CursorCipher): Routes {
  return {
    '/users': {
      post: endpoint({
        allowAnonymous: true,
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
        allowAnonymous: true,
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
            cursors,
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
            cursors,
            list: `events of user ${username}`,
            read: (page) => accounts.users.listEvents(caller, username, page),
          }),
      }),
    },
  };
}
