import { hasExpired } from '../domain/invitation.ts';
import { belongs } from '../domain/membership.ts';
import { livingOwned } from '../domain/plans/ownership.ts';
import {
  organizationsOwnedBy,
  planSweepInvitation,
  planSweepMembership,
  planSweepOwnerOf,
} from '../domain/plans/sweep.ts';
import {
  type KeyOf,
  type Known,
  organizationKey,
  type RecordKey,
  recordId,
  userKey,
} from '../domain/records.ts';
import type { Clock, Deadline } from '../ports/clock.ts';
import type { Progress } from '../ports/maintenance.ts';
import { type Housekeeping, MAX_KEYS, type RecordLists, type RecordReader } from '../ports/user-store.ts';
import type { FreshRecords } from './freshness/fresh-records.ts';

const PAGE = 100;

/** What a sweep has removed. */
export interface Swept {
  readonly memberships: number;
  /** Users whose list of owned organizations had dead entries. */
  readonly owners: number;
  /** Invitations, tombstones and idempotency records. */
  readonly expired: number;
}

/**
 * Removes what deletions leave behind, and what has expired. It keeps no state: it may be stopped at any moment and run
 * any number of times, by several at once, while the service serves.
 */
export class Sweep {
  readonly #records: FreshRecords;
  readonly #store: RecordLists & RecordReader & Housekeeping;
  readonly #clock: Clock;
  readonly #storeTimeoutMs: number;

  constructor(parts: {
    records: FreshRecords;
    store: RecordLists & RecordReader & Housekeeping;
    clock: Clock;
    storeTimeoutMs: number;
  }) {
    this.#records = parts.records;
    this.#store = parts.store;
    this.#clock = parts.clock;
    this.#storeTimeoutMs = parts.storeTimeoutMs;
  }

  /**
   * @param pauseMs between two pages of a hundred, to leave room for others
   * @param stop heeded between the pages; what is left then is for the next run
   * @throws {StoreUnavailable | CacheUnavailable | OutcomeUnknown | Conflict} run it again
   */
  async run(
    progress: Progress,
    { pauseMs = 0, stop }: { readonly pauseMs?: number; readonly stop?: AbortSignal } = {},
  ): Promise<Swept> {
    const swept = { memberships: 0, owners: 0, expired: 0 };
    let done = 0;
    let page = await this.#store.scan({ limit: PAGE }, this.#deadline());
    for (;;) {
      for (const known of await this.#leftovers(page.items)) {
        if (known.key.kind === 'membership' && (await this.#sweepMembership(known.key)))
          swept.memberships += 1;
        if (known.key.kind === 'invitation' && (await this.#sweepInvitation(known.key))) swept.expired += 1;
        if (known.key.kind === 'user' && (await this.#sweepOwnerOf(known.key))) swept.owners += 1;
      }
      done += page.items.length;
      progress(done, page.next === undefined ? done : undefined);
      if (page.next === undefined || stop?.aborted) break;
      if (pauseMs > 0) await this.#clock.sleep(pauseMs, stop);
      page = await this.#store.scan({ limit: PAGE, after: page.next }, this.#deadline());
    }
    for (let removed = PAGE; removed === PAGE && !stop?.aborted; ) {
      if (pauseMs > 0) await this.#clock.sleep(pauseMs, stop);
      removed = await this.#store.removeExpired(this.#now(), PAGE, this.#deadline());
      swept.expired += removed;
    }
    return swept;
  }

  /** Those of a page that look dead. They are looked at again before they are removed. */
  async #leftovers(items: readonly Known[]): Promise<readonly Known[]> {
    const keys = new Map<string, RecordKey>();
    for (const key of items.flatMap(neighboursOf)) keys.set(recordId(key), key);
    const known = new Map<string, Known>();
    const wanted = [...keys.values()];
    for (let from = 0; from < wanted.length; from += MAX_KEYS) {
      const some = await this.#store.readMany(wanted.slice(from, from + MAX_KEYS), this.#deadline());
      for (const one of some) known.set(recordId(one.key), one);
    }
    const now = this.#now();
    return items.filter((item) => isLeftover(item, now, (key) => known.get(recordId(key))));
  }

  #sweepMembership(key: KeyOf<'membership'>): Promise<boolean> {
    const cast = {
      membership: key,
      user: userKey(key.username),
      organization: organizationKey(key.organization),
    };
    return this.#records.change(cast, (known) => planSweepMembership(known, this.#now()));
  }

  #sweepOwnerOf(key: KeyOf<'user'>): Promise<boolean> {
    return this.#records.changeKnowingMore(
      { user: key },
      ({ user }) => ({ listed: organizationsOwnedBy(user) }),
      (known) => planSweepOwnerOf(known, this.#now()),
    );
  }

  #sweepInvitation(key: KeyOf<'invitation'>): Promise<boolean> {
    return this.#records.change({ invitation: key }, (known) => planSweepInvitation(known, this.#now()));
  }

  #now(): string {
    return new Date(this.#clock.now()).toISOString();
  }

  #deadline(): Deadline {
    return this.#clock.monotonic() + this.#storeTimeoutMs;
  }
}

/** The records that tell whether one is a leftover. */
function neighboursOf(known: Known): RecordKey[] {
  if (isMembership(known) && known.record !== undefined) {
    return [userKey(known.key.username), organizationKey(known.key.organization)];
  }
  return isUser(known) ? [...organizationsOwnedBy(known)] : [];
}

function isLeftover(known: Known, now: string, look: (key: RecordKey) => Known | undefined): boolean {
  const organizationOf = (name: KeyOf<'organization'>['name']) =>
    look(organizationKey(name)) as Known<KeyOf<'organization'>> | undefined;
  if (isMembership(known) && known.record !== undefined) {
    const user = look(userKey(known.key.username)) as Known<KeyOf<'user'>> | undefined;
    return !belongs(known.record, user?.record, organizationOf(known.key.organization)?.record);
  }
  if (isInvitation(known)) return known.record !== undefined && hasExpired(known.record, now);
  if (!isUser(known) || known.record === undefined) return false;
  const listed = known.record.ownerOf.flatMap(({ name }) => organizationOf(name) ?? []);
  return known.record.ownerOf.some((entry) => livingOwned(entry, listed) === undefined);
}

function isMembership(known: Known): known is Known<KeyOf<'membership'>> {
  return known.key.kind === 'membership';
}

function isInvitation(known: Known): known is Known<KeyOf<'invitation'>> {
  return known.key.kind === 'invitation';
}

function isUser(known: Known): known is Known<KeyOf<'user'>> {
  return known.key.kind === 'user';
}
