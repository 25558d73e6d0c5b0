import type { z } from 'zod';
import type { Page, PageRequest } from '../../ports/user-store.ts';
import type { CursorSeal } from './cursor-seal.ts';
import type { Reply } from './endpoint.ts';
import type { pageQuery } from './schemas.ts';

/** @param list names the list that the cursor must belong to. @throws {InvalidRequest} */
export async function pageRequest(
  { limit, cursor }: z.infer<typeof pageQuery>,
  seal: CursorSeal,
  list: string,
): Promise<PageRequest> {
  return cursor === undefined ? { limit } : { limit, after: await seal.open(cursor, list) };
}

/** `{<envelope>: […], nextCursor?}`; only a missing `nextCursor` ends the list. */
export async function pageReply<T>(
  envelope: string,
  { items, next }: Page<T>,
  view: (item: T) => unknown,
  seal: CursorSeal,
  list: string,
): Promise<Reply> {
  const nextCursor = next === undefined ? undefined : await seal.seal(next, list);
  return { status: 200, body: { [envelope]: items.map(view), nextCursor } };
}
