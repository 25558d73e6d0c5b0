import type { EventStream, RecordedEvent } from '../../domain/event.ts';
import type { AccountParts } from './account-parts.ts';

export interface EventPageRequest {
  /** The `seq` after which to begin; 0 = from the first event. */
  readonly after: number;
  /** 1 to `MAX_KEYS`. */
  readonly limit: number;
}

/** Events of one stream, oldest first. */
export interface EventPage {
  readonly owner: EventStream['id'];
  readonly items: readonly RecordedEvent[];
  /** `after` of the next page; only its absence ends the list. */
  readonly next?: number;
}

export async function readEventPage(
  { store, clock, storeTimeoutMs }: AccountParts,
  stream: EventStream,
  { after, limit }: EventPageRequest,
): Promise<EventPage> {
  const items = await store.listEvents(stream, after, limit, clock.monotonic() + storeTimeoutMs);
  const last = items.at(-1);
  const page = { items, owner: stream.id };
  return last === undefined || items.length < limit ? page : { ...page, next: last.seq };
}
