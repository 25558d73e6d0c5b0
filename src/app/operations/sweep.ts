import { hasExpired } from '../../domain/invitation.ts';
import { belongs } from '../../domain/membership.ts';
import { liveOwnedOrganization } from '../../domain/plans/ownership.ts';
import {
  organizationsOwnedBy,
  planSweepInvitation,
  planSweepMembership,
  planSweepOwnerOf,
} from '../../domain/plans/sweep.ts';
import {
  type KeyOf,
  type Loaded,
  organizationKey,
  type RecordKey,
  recordId,
  userKey,
} from '../../domain/records.ts';
import type { Clock, Deadline } from '../../ports/clock.ts';
import type { Progress } from '../../ports/maintenance.ts';
import {
  type GarbageCollection,
  MAX_KEYS,
  type Page,
  type PageRequest,
  type RecordLists,
  type RecordReader,
} from '../../ports/user-store.ts';
import type { PermittedStore } from '../freshness/epochs/permitted-store.ts';
import type { FreshRecords } from '../freshness/fresh-records.ts';

const PAGE_SIZE = 100;

/** The numbers of removed or repaired records. */
export interface SweepResult {
  readonly memberships: number;
  /** Users whose `ownerOf` had orphaned entries. */
  readonly owners: number;
  /** Invitations, tombstones and idempotency records. */
  readonly expired: number;
}

/**
 * Removes orphaned and expired records. It keeps no state: it can be interrupted at any moment, repeated any number of times,
 * and run by several processes concurrently while the service is running.
 */
export class Sweep {
  readonly #records: FreshRecords;
  readonly #store: PermittedStore<RecordLists & RecordReader & GarbageCollection>;
  readonly #clock: Clock;
  readonly #storeTimeoutMs: number;

  constructor(parts: {
    records: FreshRecords;
    store: PermittedStore<RecordLists & RecordReader & GarbageCollection>;
    clock: Clock;
    storeTimeoutMs: number;
  }) {
    this.#records = parts.records;
    this.#store = parts.store;
    this.#clock = parts.clock;
    this.#storeTimeoutMs = parts.storeTimeoutMs;
  }

  /**
   * @param pauseMs delay between two pages of 100 records, to limit the load on the store
   * @param stop checked between pages; the next run continues with the rest
   * @throws {StoreUnavailable | CacheUnavailable | OutcomeUnknown | Conflict} run it again
   */
  async run(
    progress: Progress,
    { pauseMs = 0, stop }: { readonly pauseMs?: number; readonly stop?: AbortSignal } = {},
  ): Promise<SweepResult> {
    const swept = { memberships: 0, owners: 0, expired: 0 };
    let done = 0;
    let page = await this.#scan({ limit: PAGE_SIZE });
    for (;;) {
      for (const loaded of await this.#orphans(page.items)) {
        if (loaded.key.kind === 'membership' && (await this.#sweepMembership(loaded.key)))
          swept.memberships += 1;
        if (loaded.key.kind === 'invitation' && (await this.#sweepInvitation(loaded.key))) swept.expired += 1;
        if (loaded.key.kind === 'user' && (await this.#sweepOwnerOf(loaded.key))) swept.owners += 1;
      }
      done += page.items.length;
      progress(done, page.next === undefined ? done : undefined);
      if (page.next === undefined || stop?.aborted) break;
      if (pauseMs > 0) await this.#clock.sleep(pauseMs, stop);
      page = await this.#scan({ limit: PAGE_SIZE, after: page.next });
    }
    for (let removed = PAGE_SIZE; removed === PAGE_SIZE && !stop?.aborted; ) {
      if (pauseMs > 0) await this.#clock.sleep(pauseMs, stop);
      ({ answer: removed } = await this.#store.read((its) =>
        its.removeExpired(this.#now(), PAGE_SIZE, this.#deadline()),
      ));
      swept.expired += removed;
    }
    return swept;
  }

  async #scan(request: PageRequest): Promise<Page<Loaded>> {
    return (await this.#store.read((its) => its.scan(request, this.#deadline()))).answer;
  }

  /** The records of a page that seem orphaned or expired. This is verified again when they are removed. */
  async #orphans(items: readonly Loaded[]): Promise<readonly Loaded[]> {
    const keys = new Map<string, RecordKey>();
    for (const key of items.flatMap(relatedKeys)) keys.set(recordId(key), key);
    const loaded = new Map<string, Loaded>();
    const wanted = [...keys.values()];
    for (let from = 0; from < wanted.length; from += MAX_KEYS) {
      const some = wanted.slice(from, from + MAX_KEYS);
      const { answer } = await this.#store.read((its) => its.readMany(some, this.#deadline()));
      for (const one of answer) loaded.set(recordId(one.key), one);
    }
    const now = this.#now();
    return items.filter((item) => isOrphaned(item, now, (key) => loaded.get(recordId(key))));
  }

  #sweepMembership(key: KeyOf<'membership'>): Promise<boolean> {
    const readSet = {
      membership: key,
      user: userKey(key.username),
      organization: organizationKey(key.organization),
    };
    return this.#records.change(readSet, (loaded) => planSweepMembership(loaded, this.#now()));
  }

  #sweepOwnerOf(key: KeyOf<'user'>): Promise<boolean> {
    return this.#records.changeWithFollowUp(
      { user: key },
      ({ user }) => ({ ownedOrganizations: organizationsOwnedBy(user) }),
      (loaded) => planSweepOwnerOf(loaded, this.#now()),
    );
  }

  #sweepInvitation(key: KeyOf<'invitation'>): Promise<boolean> {
    return this.#records.change({ invitation: key }, (loaded) => planSweepInvitation(loaded, this.#now()));
  }

  #now(): string {
    return new Date(this.#clock.now()).toISOString();
  }

  #deadline(): Deadline {
    return this.#clock.monotonic() + this.#storeTimeoutMs;
  }
}

/** The records that determine whether a record is orphaned. */
function relatedKeys(loaded: Loaded): RecordKey[] {
  if (isMembership(loaded) && loaded.record !== undefined) {
    return [userKey(loaded.key.username), organizationKey(loaded.key.organization)];
  }
  return isUser(loaded) ? [...organizationsOwnedBy(loaded)] : [];
}

function isOrphaned(loaded: Loaded, now: string, find: (key: RecordKey) => Loaded | undefined): boolean {
  const organizationOf = (name: KeyOf<'organization'>['name']) =>
    find(organizationKey(name)) as Loaded<KeyOf<'organization'>> | undefined;
  if (isMembership(loaded) && loaded.record !== undefined) {
    const user = find(userKey(loaded.key.username)) as Loaded<KeyOf<'user'>> | undefined;
    return !belongs(loaded.record, user?.record, organizationOf(loaded.key.organization)?.record);
  }
  if (isInvitation(loaded)) return loaded.record !== undefined && hasExpired(loaded.record, now);
  if (!isUser(loaded) || loaded.record === undefined) return false;
  const ownedOrganizations = loaded.record.ownerOf.flatMap(({ name }) => organizationOf(name) ?? []);
  return loaded.record.ownerOf.some(
    (entry) => liveOwnedOrganization(entry, ownedOrganizations) === undefined,
  );
}

function isMembership(loaded: Loaded): loaded is Loaded<KeyOf<'membership'>> {
  return loaded.key.kind === 'membership';
}

function isInvitation(loaded: Loaded): loaded is Loaded<KeyOf<'invitation'>> {
  return loaded.key.kind === 'invitation';
}

function isUser(loaded: Loaded): loaded is Loaded<KeyOf<'user'>> {
  return loaded.key.kind === 'user';
}
