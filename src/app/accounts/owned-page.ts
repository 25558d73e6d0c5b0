import type { OrganizationId, UserId } from '../../domain/ids.ts';
import type { Page } from '../../ports/user-store.ts';

/** A page of a list, and whose it is: by the next page, their name may have been taken again by somebody else. */
export interface OwnedPage<T> extends Page<T> {
  readonly owner: OrganizationId | UserId;
}
