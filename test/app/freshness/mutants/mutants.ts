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
    overrides: { call: (parts) => parts, writer: markBeforeReading },
    violates: STALE,
  },
  {
    rule: 'version precondition',
    overrides: { store: (clock) => new stores.LastWriterWins({ clock }) },
    violates: [...STALE, 'acknowledged but not applied', 'organization without an Owner'],
  },
  {
    rule: 'version precondition: records that are only read',
    overrides: { store: (clock) => new stores.WithoutReadPreconditions({ clock }) },
    violates: ['acknowledged but not applied'],
    needsManySchedules: true,
  },
  { rule: 'never remove a marker', overrides: { call: writes.clearOwnMarkers }, violates: STALE },
  {
    rule: 'publish by replacing your own marker',
    overrides: { call: writes.publishUnconditionally },
    violates: STALE,
  },
  { rule: 'a new token per attempt: marking', overrides: { call: writes.reuseMarkerToken }, violates: STALE },
  {
    rule: 'a new token per attempt: marking after publishing',
    overrides: { call: writes.reuseMarkerTokenAfterPublishing },
    violates: STALE,
  },
  {
    rule: 'a new token per attempt: leases',
    overrides: { instance: reads.reuseLeaseToken },
    violates: STALE,
  },
  {
    rule: 'one request per attempt',
    overrides: { instance: writes.resendRequests },
    violates: STALE,
    needsManySchedules: true,
  },
  {
    rule: 'fill only under a lease known to be won',
    overrides: { instance: reads.fillUnderUncertainLease },
    violates: STALE,
    needsManySchedules: true,
  },
  { rule: 'commit only after marking', overrides: { call: writes.commitWithoutMarker }, violates: STALE },
  {
    rule: 'mark again if publishing failed',
    overrides: { call: writes.skipMarkAfterPublishing },
    violates: MISSED,
  },
  {
    rule: 'acknowledge only after that marker is confirmed',
    overrides: { call: writes.acknowledgeWithoutMarker },
    violates: MISSED,
    needsManySchedules: true,
  },
  {
    rule: 'one TTL for all markers',
    overrides: { instance: writes.shortenMarkersOfOddInstances, call: writes.shortenMarkersAfterPublishing },
    violates: STALE,
  },
  {
    rule: 'replay: look up, mark, answer (marked before the lookup)',
    overrides: { call: (parts) => parts, writer: markBeforeLookup },
    violates: MISSED,
    needsManySchedules: true,
  },
  {
    rule: 'replay: look up, mark, answer (not marked)',
    overrides: { call: writes.replayWithoutMark },
    violates: MISSED,
  },
  {
    rule: 'no-op write: invalidate older entries',
    overrides: { writer: writes.leaveOlderEntries },
    violates: MISSED,
    needsManySchedules: true,
  },
  {
    rule: 'tombstones',
    overrides: { store: (clock) => new stores.WithoutTombstones({ clock }) },
    violates: [...STALE, 'acknowledged but not applied', 'organization without an Owner'],
  },
  {
    rule: 'share only loads that begin after the read',
    overrides: { loads: (parts) => new reads.JoinAnyLoad(parts) },
    violates: [...MISSED, 'non-monotonic read'],
    needsManySchedules: true,
  },
  {
    rule: 'one snapshot for records read together',
    overrides: { instance: reads.readStoreOneByOne },
    violates: [...INCONSISTENT, 'acknowledged but not applied'],
  },
  {
    rule: 'one snapshot: not partly from the cache',
    overrides: { instance: reads.mixCacheAndStore },
    violates: STALE,
  },
  {
    rule: '`getMany` at one instant',
    overrides: { instance: reads.getOneByOne },
    violates: [...INCONSISTENT, 'acknowledged but not applied'],
    needsManySchedules: true,
  },
];
