import { expect } from 'chai';
import type { Change, Write } from '../../../src/domain/change.ts';
import type { EventStream, RecordedEvent } from '../../../src/domain/event.ts';
import type { Loaded, RecordKey } from '../../../src/domain/records.ts';
import { Conflict } from '../../../src/ports/errors.ts';
import type { Page, PageRequest } from '../../../src/ports/user-store.ts';
import { aChange, create, type Sample } from '../../support/accounts.ts';
import type { BoundStore } from '../../support/bound-store.ts';
import { deadline } from '../../support/deadline.ts';
import { rejectionOf } from '../../support/rejection-of.ts';

export interface StoreUnderTest {
  readonly store: BoundStore;
  /** Opens a second, independent handle on the same data, where the adapter supports that; `close` closes both. */
  readonly openAnother?: () => Promise<BoundStore>;
  /** The database also contains records of other tests. */
  readonly isShared?: boolean;
  /** The database removes expired records automatically. */
  readonly expiresAutomatically?: boolean;
  close?(): Promise<void>;
}

/** The store of the running test. */
export type CurrentStore = () => StoreUnderTest;

/** Alternates between two handles where the adapter supports a second one; otherwise returns the same one. */
export async function handlesOf({
  store,
  openAnother,
}: StoreUnderTest): Promise<(turn: number) => BoundStore> {
  const second = openAnother === undefined ? store : await openAnother();
  return (turn) => (turn % 2 === 0 ? store : second);
}

export function commit(
  store: BoundStore,
  writes: readonly Write[],
  rest: Partial<Omit<Change, 'writes'>> = {},
): Promise<void> {
  return store.commit(aChange(writes, rest), deadline());
}

/** Creates the first record of each sample in one change. */
export function createAll(store: BoundStore, samples: readonly Sample[]): Promise<void> {
  return commit(
    store,
    samples.map(({ key, first }) => create(key, first)),
  );
}

/** The keys of the samples, in the same order. */
export const keysOf = (samples: readonly Sample[]): RecordKey[] => samples.map(({ key }) => key);

/** Commits independent writes in several changes. */
export async function commitInBatches(store: BoundStore, writes: readonly Write[]): Promise<void> {
  const size = 25;
  for (let from = 0; from < writes.length; from += size) {
    await commit(store, writes.slice(from, from + size));
  }
}

export async function load(store: BoundStore, key: RecordKey): Promise<Loaded> {
  const [loaded] = await store.readMany([key], deadline());
  return loaded;
}

/** Expects a commit to reject with a conflict on this record. */
export async function expectConflict(committing: Promise<void>, moved: Conflict['moved']): Promise<void> {
  const conflict = await rejectionOf(committing, Conflict);
  expect(conflict.moved).to.deep.equal(moved);
}

/** Waits for concurrent commits, and fails the test if one rejects with anything but a conflict. */
export async function race(
  commits: readonly Promise<void>[],
): Promise<{ readonly winners: readonly number[]; readonly conflicts: readonly Conflict[] }> {
  const winners: number[] = [];
  const conflicts: Conflict[] = [];
  const outcomes = await Promise.allSettled(commits);
  outcomes.forEach((outcome, index) => {
    if (outcome.status === 'fulfilled') winners.push(index);
    else if (outcome.reason instanceof Conflict) conflicts.push(outcome.reason);
    else throw outcome.reason;
  });
  return { winners, conflicts };
}

/** Reads a list to its end. @param between called between two pages */
export async function readAllPages<T>(
  read: (page: PageRequest) => Promise<Page<T>>,
  limit: number,
  between: (pagesRead: number) => Promise<void> = async () => {},
): Promise<T[]> {
  const items: T[] = [];
  let page = await read({ limit });
  for (let pages = 1; ; pages += 1) {
    expect(page.items.length, 'number of items on one page').to.be.at.most(limit);
    items.push(...page.items);
    if (page.next === undefined) return items;
    expect(pages, 'number of pages').to.be.below(100_000);
    await between(pages);
    page = await read({ limit, after: page.next });
  }
}

/** All events of a stream, read in batches of `limit`. Fails if a batch is too long or has a gap. */
export async function eventsOf(
  store: BoundStore,
  stream: EventStream,
  limit = 100,
): Promise<RecordedEvent[]> {
  const events: RecordedEvent[] = [];
  for (;;) {
    const batch = await store.listEvents(stream, events.length, limit, deadline());
    if (batch.length === 0) return events;
    expect(batch.length, 'number of events in one batch').to.be.at.most(limit);
    events.push(...batch);
    expect(events.map(({ seq }) => seq)).to.deep.equal(oneTo(events.length));
  }
}

/** 1, 2, 3 … `last`. */
export function oneTo(last: number): number[] {
  return Array.from({ length: last }, (_, index) => index + 1);
}

/** Changes every field of a value, at any depth, and adds another. */
export function mutateDeeply(value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  for (const field of Object.keys(value)) {
    const inner: unknown = Reflect.get(value, field);
    if (typeof inner === 'object' && inner !== null) mutateDeeply(inner);
    else Reflect.set(value, field, 'mutated');
  }
  if (Array.isArray(value)) Reflect.set(value, value.length, 'mutated');
  else Reflect.set(value, 'mutated', 'mutated');
}
