import type { z } from 'zod';
import type { OwnedPage } from '../../../app/accounts/owned-page.ts';
import type { PageRequest } from '../../../ports/user-store.ts';
import type { pageQuery } from '../request/schemas.ts';
import { type CursorCipher, invalidCursor } from './cursor-cipher.ts';
import type { Reply } from './reply.ts';

/** A request for a page of a list. */
interface Paging<T> {
  readonly query: z.infer<typeof pageQuery>;
  readonly cursors: CursorCipher;
  /** Identifies the list to which the cursor must belong. */
  readonly list: string;
  readonly read: (page: PageRequest) => Promise<OwnedPage<T>>;
}

/** The id of the list's owner, and the position in the list. Ids contain no spaces. */
const CURSOR = /^(?<owner>\S+) (?<after>.*)$/s;

/**
 * `{<envelope>: […], nextCursor?}`. The list ends only when `nextCursor` is absent.
 * @throws {InvalidRequest} the cursor belongs to another list, or to one of a deleted owner with the same name
 */
export async function pageReply<T>(
  envelope: string,
  view: (item: T) => unknown,
  { query: { limit, cursor }, cursors, list, read }: Paging<T>,
): Promise<Reply> {
  const from = cursor === undefined ? undefined : CURSOR.exec(await cursors.decrypt(cursor, list))?.groups;
  const { items, next, owner } = await read({ limit, after: from?.['after'] });
  // Checked after reading: only callers with access to the list may learn whether the cursor belongs to it.
  if (cursor !== undefined && from?.['owner'] !== owner) throw invalidCursor();
  const nextCursor = next === undefined ? undefined : await cursors.encrypt(`${owner} ${next}`, list);
  return { status: 200, body: { [envelope]: items.map(view), nextCursor } };
}
