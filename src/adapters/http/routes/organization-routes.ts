import {
  eventsQuery,
  newOrganizationBody,
  organizationEditBody,
  organizationPath,
  transferBody,
} from '../request/schemas.ts';
import type { CursorCipher } from '../response/cursor-cipher.ts';
import { eventsReply } from '../response/events-reply.ts';
import { resourceReply } from '../response/reply.ts';
import { organizationView } from '../response/views.ts';
import type { EndpointFactory } from './endpoint.ts';
import type { Routes } from './mount.ts';

export function organizationRoutes(endpoint: EndpointFactory, cursors: CursorCipher): Routes {
  return {
    '/organizations': {
      post: endpoint({
        body: newOrganizationBody,
        handle: async ({ accounts, caller, body: { organizationName: newOrganization } }) => {
          const organization = await accounts.organizations.create(caller, newOrganization);
          const location = `/organizations/${newOrganization.organizationName}`;
          return resourceReply(201, 'organization', organizationView(organization), location);
        },
      }),
    },
    '/organizations/:organization': {
      get: endpoint({
        path: organizationPath,
        handle: async ({ accounts, caller, path: { organization } }) => {
          const found = await accounts.organizations.get(caller, organization);
          return resourceReply(200, 'organization', organizationView(found));
        },
      }),
      patch: endpoint({
        path: organizationPath,
        body: organizationEditBody,
        handle: async ({ accounts, caller, path: { organization }, body: { displayName }, ifVersion }) => {
          const renamed = await accounts.organizations.update(caller, organization, displayName, ifVersion);
          return resourceReply(200, 'organization', organizationView(renamed));
        },
      }),
      delete: endpoint({
        path: organizationPath,
        handle: async ({ accounts, caller, path: { organization }, ifVersion }) => {
          await accounts.organizations.delete(caller, organization, ifVersion);
          return { status: 204 };
        },
      }),
    },
    '/organizations/:organization/suspend': {
      post: endpoint({
        path: organizationPath,
        handle: async ({ accounts, caller, path: { organization } }) => {
          const suspended = await accounts.organizations.suspend(caller, organization);
          return resourceReply(200, 'organization', organizationView(suspended));
        },
      }),
    },
    '/organizations/:organization/resume': {
      post: endpoint({
        path: organizationPath,
        handle: async ({ accounts, caller, path: { organization } }) => {
          const resumed = await accounts.organizations.resume(caller, organization);
          return resourceReply(200, 'organization', organizationView(resumed));
        },
      }),
    },
    '/organizations/:organization/ownership-transfers': {
      post: endpoint({
        path: organizationPath,
        body: transferBody,
        handle: async ({ accounts, caller, path: { organization }, body: { toUsername } }) => {
          const transferred = await accounts.organizations.transferOwnership(
            caller,
            organization,
            toUsername,
          );
          return resourceReply(200, 'organization', organizationView(transferred));
        },
      }),
    },
    '/organizations/:organization/events': {
      get: endpoint({
        path: organizationPath,
        query: eventsQuery,
        handle: ({ accounts, caller, path: { organization }, query }) =>
          eventsReply({
            query,
            cursors,
            list: `events of organization ${organization}`,
            read: (page) => accounts.organizations.listEvents(caller, organization, page),
          }),
      }),
    },
  };
}
