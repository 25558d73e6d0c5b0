import * as reads from './altered-reads.ts';
import * as stores from './altered-stores.ts';
import * as writes from './altered-writes.ts';
import { markingBeforeKnowing, markingBeforeLooking } from './early-marks.ts';
import type { Mutant } from './mutant.ts';

const MISSED = ['acknowledged change missed'] as const;
const STALE = [...MISSED, 'answers out of order', 'never true together', 'stuck in the cache'] as const;
const TORN = ['never true together', 'answers out of order', 'acknowledged change missed'] as const;

/** The rules of the protocol (docs/freshness.md), each taken away. */
export const MUTANTS: readonly Mutant[] = [
  {
    rule: 'know before mark',
    without: { call: (parts) => parts, writer: markingBeforeKnowing },
    breaks: STALE,
  },
  {
    rule: 'the version condition',
    without: { store: (clock) => new stores.LastWriterWins({ clock }) },
    breaks: [...STALE, 'acknowledged but not done', 'organization without an Owner'],
  },
  {
    rule: 'the version condition: of what a decision rests on',
    without: { store: (clock) => new stores.WritesConditionedOnly({ clock }) },
    breaks: ['acknowledged but not done'],
  },
  { rule: 'never remove a marker', without: { call: writes.clearingOwnMarkers }, breaks: STALE },
  {
    rule: 'publish by replacing your own marker',
    without: { call: writes.publishingOverAnything },
    breaks: STALE,
  },
  { rule: 'a fresh token per attempt: marks', without: { call: writes.sameTokens }, breaks: STALE },
  {
    rule: 'a fresh token per attempt: marks after publishing',
    without: { call: writes.sameTokensAfterwards },
    breaks: STALE,
  },
  { rule: 'a fresh token per attempt: leases', without: { instance: reads.sameLeases }, breaks: STALE },
  {
    rule: 'one attempt = one request',
    without: { instance: writes.sendingTwice },
    breaks: STALE,
  },
  {
    rule: 'fill only under a lease known to be won',
    without: { instance: reads.fillingUnsure },
    breaks: STALE,
  },
  { rule: 'commit only when marked', without: { call: writes.committingUnmarked }, breaks: STALE },
  {
    rule: 'marker again when publishing failed',
    without: { call: writes.notMarkingAgain },
    breaks: MISSED,
  },
  {
    rule: 'acknowledge only once it stands',
    without: { call: writes.acknowledgingAnyway },
    breaks: MISSED,
  },
  {
    rule: 'one TTL for all markers',
    without: { instance: writes.shorterMarkers, call: writes.shorterMarkersAfterwards },
    breaks: STALE,
  },
  {
    rule: 'look, then mark, then answer a replay: marked before',
    without: { call: (parts) => parts, writer: markingBeforeLooking },
    breaks: MISSED,
  },
  {
    rule: 'look, then mark, then answer a replay: not marked',
    without: { call: writes.replayingUncovered },
    breaks: MISSED,
  },
  {
    rule: 'nothing to change: cover what is older',
    without: { writer: writes.leavingOlder },
    breaks: MISSED,
  },
  {
    rule: 'tombstones',
    without: { store: (clock) => new stores.WithoutTombstones({ clock }) },
    breaks: [...STALE, 'acknowledged but not done', 'organization without an Owner'],
  },
  {
    rule: 'coalescing rule',
    without: { loads: (parts) => new reads.JoiningAny(parts) },
    breaks: [...MISSED, 'answers out of order'],
  },
  {
    rule: 'one snapshot for records read together',
    without: { instance: reads.readingOneByOne },
    breaks: [...TORN, 'acknowledged but not done'],
  },
  {
    rule: 'one snapshot: not partly from the cache',
    without: { instance: reads.mixingCacheAndStore },
    breaks: STALE,
  },
  {
    rule: '`getMany` at one instant',
    without: { instance: reads.gettingOneByOne },
    breaks: [...TORN, 'acknowledged but not done'],
  },
];
