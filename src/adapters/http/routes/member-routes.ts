import { memberPath, newMemberBody, organizationPath, pageQuery, roleBody } from '../request/schemas.ts';
import type { CursorCipher } from '../response/cursor-cipher.ts';
import { pageReply } from '../response/page-reply.ts';
import { resourceReply } from '../response/reply.ts';
import { membershipView, memberView } from '../response/views.ts';
import type { EndpointFactory } from './endpoint.ts';
import type { Routes } from './mount.ts';

export function memberRoutes(endpoint: EndpointFactory, cursors: CursorCipher): Routes {
  return {
    '/organizations/:organization/members': {
      post: endpoint({
        path: organizationPath,
        body: newMemberBody,
        handle: async ({ accounts, caller, path: { organization }, body: { memberUsername, role } }) => {
          const membership = await accounts.memberships.add(caller, organization, memberUsername, role);
          return resourceReply(
            201,
            'membership',
            membershipView(membership),
            `/organizations/${organization}/members/${memberUsername}`,
          );
        },
      }),
      get: endpoint({
        path: organizationPath,
        query: pageQuery,
        handle: ({ accounts, caller, path: { organization }, query }) =>
          pageReply('members', memberView, {
            query,
            cursors,
            list: `members of ${organization}`,
            read: (page) => accounts.memberships.listMembers(caller, organization, page),
          }),
      }),
    },
    '/organizations/:organization/members/:username': {
      get: endpoint({
        path: memberPath,
        handle: async ({ accounts, caller, path: { organization, username } }) => {
          const membership = await accounts.memberships.get(caller, organization, username);
          return resourceReply(200, 'membership', membershipView(membership));
        },
      }),
      patch: endpoint({
        path: memberPath,
        body: roleBody,
        handle: async ({ accounts, caller, path: { organization, username }, body: { role }, ifVersion }) => {
          const membership = await accounts.memberships.changeRole(
            caller,
            organization,
            username,
            role,
            ifVersion,
          );
          return resourceReply(200, 'membership', membershipView(membership));
        },
      }),
      delete: endpoint({
        path: memberPath,
        handle: async ({ accounts, caller, path: { organization, username }, ifVersion }) => {
          await accounts.memberships.remove(caller, organization, username, ifVersion);
          return { status: 204 };
        },
      }),
    },
  };
}
