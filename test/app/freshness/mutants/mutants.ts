import { markBeforeLookup, markBeforeReading } from './early-marking.ts';
import type { Mutant } from './mutant.ts';
import * as reads from './read-mutations.ts';
import * as stores from './store-mutations.ts';
import * as writes from './write-mutations.ts';

const MISSED = ['acknowledged write missed'] as const;
const STALE = [
  ...MISSED,
  'non-monotonic read',
  'inconsistent snapshot',
  'stale entry left in the cache',
] as const;
const INCONSISTENT = ['inconsistent snapshot', 'non-monotonic read', 'acknowledged write missed'] as const;

/** The rules of the protocol (docs/freshness.md), each disabled in turn. */
export const MUTANTS: readonly Mutant[] = [
  {
    rule: 'read before marking',
    mutation: { call: (parts) => parts, writer: markBeforeReading },
    violates: STALE,
  },
  {
    rule: 'version precondition',
    mutation: { store: (clock) => new stores.LastWriterWins({ clock }) },
    violates: [...STALE, 'acknowledged but not applied', 'organization without an Owner'],
  },
  {
    rule: 'version precondition: records that are only read',
    mutation: { store: (clock) => new stores.WithoutReadPreconditions({ clock }) },
    violates: ['acknowledged but not applied'],
    isElusive: true,
  },
  { rule: 'never remove a marker', mutation: { call: writes.clearOwnMarkers }, violates: STALE },
  {
    rule: 'publish by replacing your own marker',
    mutation: { call: writes.publishUnconditionally },
    violates: STALE,
  },
  { rule: 'a new token per attempt: marking', mutation: { call: writes.reuseMarkerToken }, violates: STALE },
  {
    rule: 'a new token per attempt: marking after publishing',
    mutation: { call: writes.reuseMarkerTokenAfterPublishing },
    violates: STALE,
  },
  {
    rule: 'a new token per attempt: leases',
    mutation: { instance: reads.reuseLeaseToken },
    violates: STALE,
  },
  {
    rule: 'one request per attempt',
    mutation: { instance: writes.resendRequests },
    violates: STALE,
    isElusive: true,
  },
  {
    rule: 'fill only under a lease known to be won',
    mutation: { instance: reads.fillUnderUncertainLease },
    violates: STALE,
    isElusive: true,
  },
  { rule: 'commit only after marking', mutation: { call: writes.commitWithoutMarker }, violates: STALE },
  {
    rule: 'mark again if publishing failed',
    mutation: { call: writes.skipMarkAfterPublishing },
    violates: MISSED,
  },
  {
    rule: 'acknowledge only after that marker is confirmed',
    mutation: { call: writes.acknowledgeWithoutMarker },
    violates: MISSED,
    isElusive: true,
  },
  {
    rule: 'one TTL for all markers',
    mutation: { instance: writes.shortenMarkersOfOddInstances, call: writes.shortenMarkersAfterPublishing },
    violates: STALE,
  },
  {
    rule: 'replay: look up, mark, answer (marked before the lookup)',
    mutation: { call: (parts) => parts, writer: markBeforeLookup },
    violates: MISSED,
    isElusive: true,
  },
  {
    rule: 'replay: look up, mark, answer (not marked)',
    mutation: { call: writes.replayWithoutMark },
    violates: MISSED,
  },
  {
    rule: 'no-op write: invalidate older entries',
    mutation: { writer: writes.leaveOlderEntries },
    violates: MISSED,
    isElusive: true,
  },
  {
    rule: 'tombstones',
    mutation: { store: (clock) => new stores.WithoutTombstones({ clock }) },
    violates: [...STALE, 'acknowledged but not applied', 'organization without an Owner'],
  },
  {
    rule: 'share only loads that begin after the read',
    mutation: { loads: (parts) => new reads.JoinAnyLoad(parts) },
    violates: [...MISSED, 'non-monotonic read'],
    isElusive: true,
  },
  {
    rule: 'one snapshot for records read together',
    mutation: { instance: reads.readStoreOneByOne },
    violates: [...INCONSISTENT, 'acknowledged but not applied'],
  },
  {
    rule: 'one snapshot: not partly from the cache',
    mutation: { instance: reads.mixCacheAndStore },
    violates: STALE,
  },
  {
    rule: '`getMany` at one instant',
    mutation: { instance: reads.getOneByOne },
    violates: [...INCONSISTENT, 'acknowledged but not applied'],
    isElusive: true,
  },
];
