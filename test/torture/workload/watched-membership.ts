import { Timeline } from '../checker/timeline.ts';
import type { Names } from './acts.ts';
import { type Situation, stateOf } from './situation.ts';

/** A membership that one writer at a time changes, with all that is known of it. */
export interface WatchedMembership {
  readonly names: Names;
  /** As it is between two writes. */
  now: Situation;
  readonly timeline: Timeline;
}

const NOTHING: Situation = { organization: 'absent', user: 'absent', role: undefined, version: 0 };

/** Nothing of it is there yet. */
export function watchedMembership(number: number): WatchedMembership {
  return {
    names: { user: `user-${number}`, organization: `organization-${number}`, founder: `founder-${number}` },
    now: NOTHING,
    timeline: new Timeline(stateOf(NOTHING)),
  };
}
