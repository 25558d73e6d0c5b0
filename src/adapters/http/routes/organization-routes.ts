import type { AccountService } from '../../../app/account-service.ts';
import { endpoint } from '../endpoint.ts';
import type { Routes } from '../mount.ts';
import { resourceReply } from '../resource-reply.ts';
import { newOrganizationBody, organizationPath } from '../schemas.ts';
import { organizationView } from '../views.ts';

export function organizationRoutes(service: AccountService): Routes {
  return {
    '/organizations': {
      post: endpoint({
        body: newOrganizationBody,
        handle: async ({ caller, body: { organizationName: named } }) => {
          const organization = await service.organizations.create(caller, named);
          return resourceReply(
            201,
            'organization',
            organizationView(organization),
            `/organizations/${named.organizationName}`,
          );
        },
      }),
    },
    '/organizations/:organization': {
      get: endpoint({
        path: organizationPath,
        handle: async ({ caller, path }) => {
          const organization = await service.organizations.get(caller, path.organization);
          return resourceReply(200, 'organization', organizationView(organization));
        },
      }),
    },
  };
}
