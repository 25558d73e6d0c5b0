import type { z } from 'zod';
import type { EventPage, EventPageRequest } from '../../../app/accounts/event-page.ts';
import { InvalidRequest } from '../errors.ts';
import type { eventsQuery } from '../request/schemas.ts';
import type { CursorCipher } from './cursor-cipher.ts';
import { pageReply } from './page-reply.ts';
import type { Reply } from './reply.ts';
import { eventView } from './views.ts';

/** A request for a page of events: from the first one, after a sequence number, or from a cursor. */
interface EventPaging {
  readonly query: z.infer<typeof eventsQuery>;
  readonly cursors: CursorCipher;
  /** Identifies the stream to which the cursor must belong. */
  readonly list: string;
  readonly read: (page: EventPageRequest) => Promise<EventPage>;
}

/** @throws {InvalidRequest} */
export async function eventsReply({ query, cursors, list, read }: EventPaging): Promise<Reply> {
  const { after: number, ...page } = query;
  if (number !== undefined && query.cursor !== undefined) {
    throw new InvalidRequest([{ path: 'query.after', message: 'must not be combined with cursor' }]);
  }
  return pageReply('events', eventView, {
    query: page,
    cursors,
    list,
    read: async ({ limit, after }) => {
      const { next, ...events } = await read({ limit, after: Number(after ?? number ?? 0) });
      return next === undefined ? events : { ...events, next: String(next) };
    },
  });
}
