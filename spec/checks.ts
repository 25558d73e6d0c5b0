/** What `npm run spec` runs: the models at their sizes, and the variants that must fail. */

export type Property =
  | 'acknowledged_write_missed'
  | 'order_of_reads'
  | 'never_true_together'
  | 'over_when_read_began'
  | 'stuck';

export interface Check {
  readonly name: string;
  readonly model: 'freshness' | 'together' | 'coalescing';
  readonly macros: readonly string[];
  /** The property that must be seen violated; none: all must hold. */
  readonly breaks?: Property;
}

interface Size {
  readonly writers: number;
  readonly readers: number;
  /** Reads of each reader, one after the other. */
  readonly reads?: number;
  /** Operations that land late. */
  readonly late?: number;
  /** Attempts to put a marker. */
  readonly marks?: number;
  /** How often a write is planned. */
  readonly plans?: number;
}

function freshness(name: string, size: Size, ...options: string[]): Check {
  const { reads = 1, marks = 1, plans = 1 } = size;
  const own = [`READS=${reads}`, `MARKS=${marks}`, `PLANS=${plans}`];
  return { name, model: 'freshness', macros: [...sizes(size), ...own, ...options] };
}

function together(name: string, size: Size, ...options: string[]): Check {
  return { name, model: 'together', macros: [...sizes(size), ...options] };
}

function coalescing(name: string, { writers, readers }: Size, ...options: string[]): Check {
  return { name, model: 'coalescing', macros: [`WRITERS=${writers}`, `READERS=${readers}`, ...options] };
}

function sizes({ writers, readers, late = 0 }: Size): string[] {
  return [`WRITERS=${writers}`, `READERS=${readers}`, `LATE=${late}`];
}

function breaks(property: Property, check: Check): Check {
  return { ...check, breaks: property };
}

export const protocol: readonly Check[] = [
  freshness('one record: two writers that try and plan again', {
    writers: 2,
    readers: 1,
    reads: 2,
    late: 1,
    marks: 2,
    plans: 2,
  }),
  freshness('one record: two readers that read twice', { writers: 2, readers: 2, reads: 2, late: 1 }),
  freshness('one record: two readers, conflicts planned again', {
    writers: 2,
    readers: 2,
    late: 1,
    plans: 2,
  }),
  freshness('one record: two operations land late', { writers: 2, readers: 1, reads: 2, late: 2, plans: 2 }),
  freshness('one record: three writers', { writers: 3, readers: 1, late: 1 }),
  freshness('one record: changed, deleted and re-created', { writers: 3, readers: 1, late: 1 }, 'DELETES'),
  freshness(
    'one record: a request is replayed',
    { writers: 2, readers: 1, reads: 2, late: 1, plans: 2 },
    'REPLAY',
  ),
  freshness('eviction: two writers, two readers', { writers: 2, readers: 2, late: 1, plans: 2 }, 'EVICT'),
  freshness(
    'eviction: a request is replayed',
    { writers: 2, readers: 2, late: 1, plans: 2 },
    'EVICT',
    'REPLAY',
  ),
  freshness(
    'eviction: a request is replayed, beside another writer',
    { writers: 3, readers: 1 },
    'EVICT',
    'REPLAY',
  ),
  freshness(
    'one record: nothing to change',
    { writers: 2, readers: 1, reads: 2, late: 1, plans: 2 },
    'AS_IT_IS',
  ),
  freshness(
    'eviction: nothing to change',
    { writers: 2, readers: 2, late: 1, plans: 2 },
    'EVICT',
    'AS_IT_IS',
  ),
  together('read together: two writers', { writers: 2, readers: 1, late: 1 }),
  together('read together: two readers', { writers: 1, readers: 2 }),
  together('read together: getMany in two rounds', { writers: 2, readers: 1 }, 'TWO_ROUNDS'),
  together('read together: eviction, two writers', { writers: 2, readers: 1 }, 'EVICT'),
  together('read together: eviction, two readers', { writers: 1, readers: 2 }, 'EVICT'),
  coalescing('coalescing: two writers', { writers: 2, readers: 3 }),
  coalescing('coalescing: four readers', { writers: 1, readers: 4 }),
];

/** One for each row of the specification's table, or for each thing that a row says. */
export const rules: readonly Check[] = [
  breaks(
    'stuck',
    freshness(
      'know before mark: mark first, then read the version',
      { writers: 2, readers: 0 },
      'MARK_THEN_KNOW',
    ),
  ),
  breaks('stuck', freshness('the version condition', { writers: 2, readers: 0 }, 'NO_VERSION_CONDITION')),
  breaks(
    'stuck',
    freshness(
      'never remove a marker: clear it when your write fails',
      { writers: 2, readers: 1 },
      'CLEAR_OWN_MARKER',
    ),
  ),
  breaks(
    'acknowledged_write_missed',
    freshness(
      'publish by replacing your own marker: over whatever is there',
      { writers: 2, readers: 1 },
      'PUBLISH_OVER_ANYTHING',
    ),
  ),
  breaks(
    'acknowledged_write_missed',
    freshness('a fresh token for each mark', { writers: 2, readers: 1, late: 1, marks: 2 }, 'SAME_TOKEN'),
  ),
  breaks(
    'acknowledged_write_missed',
    freshness(
      'a fresh token for the mark after publishing',
      { writers: 2, readers: 1, late: 1 },
      'SAME_TOKEN_AGAIN',
    ),
  ),
  breaks(
    'acknowledged_write_missed',
    freshness(
      'a fresh token for each lease',
      { writers: 1, readers: 2, reads: 2, late: 1 },
      'SAME_LEASE_TOKEN',
    ),
  ),
  breaks(
    'acknowledged_write_missed',
    freshness(
      'one attempt = one request: the driver sends twice',
      { writers: 2, readers: 1, late: 1 },
      'RESEND_REQUESTS',
    ),
  ),
  breaks(
    'acknowledged_write_missed',
    freshness('fill only under a lease known to be won', { writers: 1, readers: 2, late: 1 }, 'FILL_UNSURE'),
  ),
  breaks(
    'acknowledged_write_missed',
    freshness('read the store only after the lease is won', { writers: 1, readers: 2 }, 'READ_THEN_LEASE'),
  ),
  breaks(
    'acknowledged_write_missed',
    freshness('marker again when publishing failed', { writers: 1, readers: 2 }, 'EVICT', 'NO_MARK_AGAIN'),
  ),
  breaks(
    'acknowledged_write_missed',
    freshness(
      'acknowledge only once that marker stands',
      { writers: 1, readers: 2 },
      'EVICT',
      'ACKNOWLEDGE_ANYWAY',
    ),
  ),
  breaks('stuck', freshness('one TTL for all markers', { writers: 2, readers: 1 }, 'OWN_TTLS')),
  breaks(
    'acknowledged_write_missed',
    freshness(
      'look, then mark, then answer a replay: mark, then look',
      { writers: 2, readers: 2 },
      'EVICT',
      'REPLAY',
      'MARK_THEN_LOOK',
    ),
  ),
  breaks(
    'acknowledged_write_missed',
    freshness(
      'look, then mark, then answer a replay: look, then answer',
      { writers: 2, readers: 2 },
      'EVICT',
      'REPLAY',
      'REPLAY_WITHOUT_MARK',
    ),
  ),
  breaks(
    'acknowledged_write_missed',
    freshness(
      'nothing to change: cover what is older: answer at once',
      { writers: 2, readers: 2 },
      'EVICT',
      'AS_IT_IS',
      'LEAVE_OLDER',
    ),
  ),
  breaks('stuck', freshness('tombstones', { writers: 3, readers: 0 }, 'DELETES', 'NO_TOMBSTONES')),
  breaks(
    'acknowledged_write_missed',
    coalescing('the coalescing rule: join whatever is under way', { writers: 1, readers: 2 }, 'JOIN_ANY'),
  ),
  breaks(
    'never_true_together',
    together(
      'one snapshot for records read together: two reads of the store',
      { writers: 1, readers: 1 },
      'NO_SNAPSHOT',
    ),
  ),
  breaks(
    'never_true_together',
    together(
      'one snapshot for records read together: what the cache has, and the rest from the store',
      { writers: 1, readers: 1 },
      'MIX_CACHE_AND_STORE',
    ),
  ),
  breaks(
    'never_true_together',
    together('getMany at one instant: one round of gets', { writers: 1, readers: 1 }, 'ONE_ROUND'),
  ),
];

/** (b) and (d) of what the protocol assumes: a marker that is gone before its commit has landed. */
export const assumptions: readonly Check[] = [
  breaks(
    'order_of_reads',
    freshness('no eviction, for the order of reads', { writers: 1, readers: 3 }, 'EVICT'),
  ),
  breaks(
    'stuck',
    freshness('no eviction, for what is left when a writer dies', { writers: 1, readers: 1 }, 'EVICT'),
  ),
  breaks(
    'never_true_together',
    together('no eviction, for records read together', { writers: 1, readers: 2 }, 'EVICT'),
  ),
];
