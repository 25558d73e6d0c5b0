import type { OrganizationId, UserId } from '../../domain/ids.ts';
import type { Page } from '../../ports/user-store.ts';

/** A page and the id of the list's owner: before the next page, the owner may be deleted and its name re-created. */
export interface OwnedPage<T> extends Page<T> {
  readonly owner: OrganizationId | UserId;
}
