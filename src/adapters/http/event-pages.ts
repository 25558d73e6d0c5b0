import type { z } from 'zod';
import type { EventPage, EventPageRequest } from '../../app/accounts/event-pages.ts';
import type { Cursor } from '../../ports/user-store.ts';
import type { CursorSeal } from './cursor-seal.ts';
import type { Reply } from './endpoint.ts';
import { InvalidRequest } from './errors.ts';
import type { eventsQuery } from './schemas.ts';

/** @param list names the stream that the cursor must belong to. @throws {InvalidRequest} */
export async function eventsRequest(
  { limit, after, cursor }: z.infer<typeof eventsQuery>,
  seal: CursorSeal,
  list: string,
): Promise<EventPageRequest> {
  if (cursor === undefined) return { limit, after: after ?? 0 };
  if (after !== undefined) {
    throw new InvalidRequest([{ path: 'query.after', message: 'not together with a cursor, which says it' }]);
  }
  return { limit, after: Number(await seal.open(cursor, list)) };
}

export async function eventsReply(
  { items, next }: EventPage,
  seal: CursorSeal,
  list: string,
): Promise<Reply> {
  const nextCursor = next === undefined ? undefined : await seal.seal(String(next) as Cursor, list);
  return { status: 200, body: { events: items, nextCursor } };
}
