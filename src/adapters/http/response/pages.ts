import type { z } from 'zod';
import type { OwnedPage } from '../../../app/accounts/owned-page.ts';
import type { PageRequest } from '../../../ports/user-store.ts';
import type { pageQuery } from '../request/schemas.ts';
import { type CursorSeal, foreignCursor } from './cursor-seal.ts';
import type { Reply } from './reply.ts';

/** One request for a page of a list. */
interface Paging<T> {
  readonly query: z.infer<typeof pageQuery>;
  readonly seal: CursorSeal;
  /** Names the list that the cursor must belong to. */
  readonly list: string;
  readonly read: (page: PageRequest) => Promise<OwnedPage<T>>;
}

/** Where a list goes on, and whose list it is. Ids have no spaces. */
const CURSOR = /^(?<owner>\S+) (?<after>.*)$/s;

/**
 * `{<envelope>: […], nextCursor?}`; only a missing `nextCursor` ends the list.
 * @throws {InvalidRequest} the cursor is of another list, or of one of the same name that is gone
 */
export async function pageReply<T>(
  envelope: string,
  view: (item: T) => unknown,
  { query: { limit, cursor }, seal, list, read }: Paging<T>,
): Promise<Reply> {
  const from = cursor === undefined ? undefined : CURSOR.exec(await seal.open(cursor, list))?.groups;
  const { items, next, owner } = await read({ limit, after: from?.['after'] });
  // Only now: what list it is, is for those alone who may read it.
  if (cursor !== undefined && from?.['owner'] !== owner) throw foreignCursor();
  const nextCursor = next === undefined ? undefined : await seal.seal(`${owner} ${next}`, list);
  return { status: 200, body: { [envelope]: items.map(view), nextCursor } };
}
