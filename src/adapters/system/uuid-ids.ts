import { randomUUID } from 'node:crypto';
import { v7 } from 'uuid';
import type { OrganizationId, UserId } from '../../domain/ids.ts';
import type { Ids } from '../../ports/ids.ts';

/** Ids are UUIDs of version 7 (RFC 9562), tokens of version 4. */
export class UuidIds implements Ids {
  userId(): UserId {
    return `user_${compact(v7())}`;
  }

  organizationId(): OrganizationId {
    return `org_${compact(v7())}`;
  }

  token(): string {
    return compact(randomUUID());
  }

  fraction(): number {
    return Math.random();
  }
}

function compact(uuid: string): string {
  return uuid.replaceAll('-', '');
}
