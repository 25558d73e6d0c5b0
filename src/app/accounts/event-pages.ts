import type { EventStream, RecordedEvent } from '../../domain/event.ts';
import type { AccountParts } from './account-parts.ts';

export interface EventPageRequest {
  /** The `seq` after which the page begins; 0 = the first event. */
  readonly after: number;
  /** 1 to `MAX_KEYS`. */
  readonly limit: number;
}

/** One page of the events of a stream, oldest first. */
export interface EventPage {
  readonly owner: EventStream['id'];
  readonly items: readonly RecordedEvent[];
  /** `after` of the next page. The list ends only when this is absent. */
  readonly next?: number;
}

export async function readEventPage(
  { store, clock, storeTimeoutMs }: AccountParts,
  stream: EventStream,
  { after, limit }: EventPageRequest,
): Promise<EventPage> {
  const { answer: items } = await store.read((records) =>
    records.listEvents(stream, after, limit, clock.monotonic() + storeTimeoutMs),
  );
  const last = items.at(-1);
  const page = { items, owner: stream.id };
  return last === undefined || items.length < limit ? page : { ...page, next: last.seq };
}
