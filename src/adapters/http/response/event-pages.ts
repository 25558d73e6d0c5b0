import type { z } from 'zod';
import type { EventPage, EventPageRequest } from '../../../app/accounts/event-pages.ts';
import { InvalidRequest } from '../errors.ts';
import type { eventsQuery } from '../request/schemas.ts';
import type { CursorSeal } from './cursor-seal.ts';
import { pageReply } from './pages.ts';
import type { Reply } from './reply.ts';

/** One request for events: from the first, after a number, or where a cursor says. */
interface EventPaging {
  readonly query: z.infer<typeof eventsQuery>;
  readonly seal: CursorSeal;
  /** Names the stream that the cursor must belong to. */
  readonly list: string;
  readonly read: (page: EventPageRequest) => Promise<EventPage>;
}

/** @throws {InvalidRequest} */
export async function eventsReply({ query, seal, list, read }: EventPaging): Promise<Reply> {
  const { after: number, ...page } = query;
  if (number !== undefined && query.cursor !== undefined) {
    throw new InvalidRequest([{ path: 'query.after', message: 'not together with a cursor, which says it' }]);
  }
  return pageReply('events', (event) => event, {
    query: page,
    seal,
    list,
    read: async ({ limit, after }) => {
      const { next, ...events } = await read({ limit, after: Number(after ?? number ?? 0) });
      return next === undefined ? events : { ...events, next: String(next) };
    },
  });
}
