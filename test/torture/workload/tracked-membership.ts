import { Timeline } from '../checker/timeline.ts';
import { type ExpectedState, observableState } from './expected-state.ts';
import type { ResourceNames } from './write-steps.ts';

/** A membership that only one writer changes at a time, with its expected state. */
export interface TrackedMembership {
  readonly names: ResourceNames;
  /** The state after the last completed write. */
  state: ExpectedState;
  readonly timeline: Timeline;
}

const INITIAL: ExpectedState = { organization: 'absent', user: 'absent', role: undefined, version: 0 };

export function trackedMembership(number: number): TrackedMembership {
  return {
    names: { user: `user-${number}`, organization: `organization-${number}`, owner: `owner-${number}` },
    state: INITIAL,
    timeline: new Timeline(observableState(INITIAL)),
  };
}
