/** The runs of `npm run spec`: the models at fixed sizes, and the variants that must fail. */

export type Property =
  | 'acknowledged_write_missed'
  | 'non_monotonic_read'
  | 'inconsistent_snapshot'
  | 'outdated_snapshot'
  | 'stale_entry_left';

export interface Check {
  readonly name: string;
  readonly model: 'freshness' | 'together' | 'coalescing';
  readonly macros: readonly string[];
  /** The property that must be violated; `undefined` = no property may be violated. */
  readonly violates?: Property;
}

interface Size {
  readonly writers: number;
  readonly readers: number;
  /** Sequential reads of each reader. */
  readonly reads?: number;
  /** Operations that are applied late. */
  readonly late?: number;
  /** Attempts to put a marker. */
  readonly marks?: number;
  /** Attempts to plan a write. */
  readonly plans?: number;
}

function freshness(name: string, size: Size, ...options: string[]): Check {
  const { reads = 1, marks = 1, plans = 1 } = size;
  const sizes = [...commonSizes(size), `READS=${reads}`, `MARKS=${marks}`, `PLANS=${plans}`];
  return { name, model: 'freshness', macros: [...sizes, ...options] };
}

function together(name: string, size: Size, ...options: string[]): Check {
  return { name, model: 'together', macros: [...commonSizes(size), ...options] };
}

function coalescing(name: string, { writers, readers }: Size, ...options: string[]): Check {
  return { name, model: 'coalescing', macros: [`WRITERS=${writers}`, `READERS=${readers}`, ...options] };
}

function commonSizes({ writers, readers, late = 0 }: Size): string[] {
  return [`WRITERS=${writers}`, `READERS=${readers}`, `LATE=${late}`];
}

function mustViolate(property: Property, check: Check): Check {
  return { ...check, violates: property };
}

export const protocol: readonly Check[] = [
  freshness('one record: two writers with several attempts', {
    writers: 2,
    readers: 1,
    reads: 2,
    late: 1,
    marks: 2,
    plans: 2,
  }),
  freshness('one record: two readers with two reads each', { writers: 2, readers: 2, reads: 2, late: 1 }),
  freshness('one record: two readers, and writes that are planned again after a conflict', {
    writers: 2,
    readers: 2,
    late: 1,
    plans: 2,
  }),
  freshness('one record: two late operations', { writers: 2, readers: 1, reads: 2, late: 2, plans: 2 }),
  freshness('one record: three writers', { writers: 3, readers: 1, late: 1 }),
  freshness('one record: changed, deleted and re-created', { writers: 3, readers: 1, late: 1 }, 'DELETES'),
  freshness('one record: replay', { writers: 2, readers: 1, reads: 2, late: 1, plans: 2 }, 'REPLAY'),
  freshness('eviction: two writers, two readers', { writers: 2, readers: 2, late: 1, plans: 2 }, 'EVICT'),
  freshness('eviction: replay', { writers: 2, readers: 2, late: 1, plans: 2 }, 'EVICT', 'REPLAY'),
  freshness('eviction: replay and another writer', { writers: 3, readers: 1 }, 'EVICT', 'REPLAY'),
  freshness('one record: no-op write', { writers: 2, readers: 1, reads: 2, late: 1, plans: 2 }, 'NO_OP'),
  freshness('eviction: no-op write', { writers: 2, readers: 2, late: 1, plans: 2 }, 'EVICT', 'NO_OP'),
  together('read together: two writers', { writers: 2, readers: 1, late: 1 }),
  together('read together: two readers', { writers: 1, readers: 2 }),
  together('read together: getMany in two rounds', { writers: 2, readers: 1 }, 'TWO_ROUNDS'),
  together('read together: eviction, two writers', { writers: 2, readers: 1 }, 'EVICT'),
  together('read together: eviction, two readers', { writers: 1, readers: 2 }, 'EVICT'),
  coalescing('coalescing: two writers', { writers: 2, readers: 3 }),
  coalescing('coalescing: four readers', { writers: 1, readers: 4 }),
];

/** The rules of docs/freshness.md, each disabled in turn. */
export const rules: readonly Check[] = [
  mustViolate(
    'stale_entry_left',
    freshness('read before marking', { writers: 2, readers: 0 }, 'MARK_THEN_READ'),
  ),
  mustViolate(
    'stale_entry_left',
    freshness('version precondition', { writers: 2, readers: 0 }, 'NO_VERSION_PRECONDITION'),
  ),
  mustViolate(
    'stale_entry_left',
    freshness('never remove a marker', { writers: 2, readers: 1 }, 'CLEAR_OWN_MARKER'),
  ),
  mustViolate(
    'acknowledged_write_missed',
    freshness('publish by replacing your own marker', { writers: 2, readers: 1 }, 'PUBLISH_UNCONDITIONALLY'),
  ),
  mustViolate(
    'acknowledged_write_missed',
    freshness(
      'a new token per attempt: marking',
      { writers: 2, readers: 1, late: 1, marks: 2 },
      'SAME_TOKEN',
    ),
  ),
  mustViolate(
    'acknowledged_write_missed',
    freshness(
      'a new token per attempt: marking after publishing',
      { writers: 2, readers: 1, late: 1 },
      'SAME_TOKEN_AGAIN',
    ),
  ),
  mustViolate(
    'acknowledged_write_missed',
    freshness(
      'a new token per attempt: leases',
      { writers: 1, readers: 2, reads: 2, late: 1 },
      'SAME_LEASE_TOKEN',
    ),
  ),
  mustViolate(
    'acknowledged_write_missed',
    freshness('one request per attempt', { writers: 2, readers: 1, late: 1 }, 'RESEND_REQUESTS'),
  ),
  mustViolate(
    'acknowledged_write_missed',
    freshness(
      'fill only under a lease known to be won',
      { writers: 1, readers: 2, late: 1 },
      'FILL_UNCERTAIN',
    ),
  ),
  mustViolate(
    'acknowledged_write_missed',
    freshness('read the store only after the lease is won', { writers: 1, readers: 2 }, 'READ_THEN_LEASE'),
  ),
  mustViolate(
    'acknowledged_write_missed',
    freshness('mark again if publishing failed', { writers: 1, readers: 2 }, 'EVICT', 'NO_MARK_AGAIN'),
  ),
  mustViolate(
    'acknowledged_write_missed',
    freshness(
      'acknowledge only after that marker is confirmed',
      { writers: 1, readers: 2 },
      'EVICT',
      'ACKNOWLEDGE_UNMARKED',
    ),
  ),
  mustViolate(
    'stale_entry_left',
    freshness('one TTL for all markers', { writers: 2, readers: 1 }, 'DIFFERENT_TTLS'),
  ),
  mustViolate(
    'acknowledged_write_missed',
    freshness(
      'replay: look up, mark, answer (marked before the lookup)',
      { writers: 2, readers: 2 },
      'EVICT',
      'REPLAY',
      'MARK_THEN_LOOKUP',
    ),
  ),
  mustViolate(
    'acknowledged_write_missed',
    freshness(
      'replay: look up, mark, answer (not marked)',
      { writers: 2, readers: 2 },
      'EVICT',
      'REPLAY',
      'REPLAY_WITHOUT_MARK',
    ),
  ),
  mustViolate(
    'acknowledged_write_missed',
    freshness(
      'no-op write: invalidate older entries',
      { writers: 2, readers: 2 },
      'EVICT',
      'NO_OP',
      'LEAVE_OLDER_ENTRIES',
    ),
  ),
  mustViolate(
    'stale_entry_left',
    freshness('tombstones', { writers: 3, readers: 0 }, 'DELETES', 'NO_TOMBSTONES'),
  ),
  mustViolate(
    'acknowledged_write_missed',
    coalescing('share only loads that begin after the read', { writers: 1, readers: 2 }, 'JOIN_ANY'),
  ),
  mustViolate(
    'inconsistent_snapshot',
    together('one snapshot for records read together', { writers: 1, readers: 1 }, 'NO_SNAPSHOT'),
  ),
  mustViolate(
    'inconsistent_snapshot',
    together('one snapshot: not partly from the cache', { writers: 1, readers: 1 }, 'MIX_CACHE_AND_STORE'),
  ),
  mustViolate(
    'inconsistent_snapshot',
    together('getMany at one instant', { writers: 1, readers: 1 }, 'ONE_ROUND'),
  ),
];

/** Assumptions (b) and (d): a marker is kept until its commit can no longer be applied. */
export const assumptions: readonly Check[] = [
  mustViolate(
    'non_monotonic_read',
    freshness('no eviction: reads are monotonic', { writers: 1, readers: 3 }, 'EVICT'),
  ),
  mustViolate(
    'stale_entry_left',
    freshness('no eviction: no old value is left after a crash', { writers: 1, readers: 1 }, 'EVICT'),
  ),
  mustViolate(
    'inconsistent_snapshot',
    together('no eviction: snapshots are consistent', { writers: 1, readers: 2 }, 'EVICT'),
  ),
];
