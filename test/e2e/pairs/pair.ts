import type { Fleet } from '../../support/fleet.ts';
import { endProcesses } from '../../support/rollcall-process.ts';
import { accountStory } from './account-story.ts';
import { fleetOn } from './fleet-on.ts';
import { invariantStory } from './invariant-story.ts';
import { note } from './matrix.ts';
import { momentsStory } from './moments-story.ts';
import { retriesStory } from './retries-story.ts';

/** How much a story does. */
export interface Scale {
  /** How often it repeats what two instances do in turns. */
  readonly rounds: number;
  /** How many random operations must keep the invariants. */
  readonly operations: number;
}

export interface StoryOptions extends Scale {
  /** Whether the store outlives the instances. */
  readonly durable: boolean;
}

/** For `npm test`; everything else tells the stories in full. */
export const BRIEF: Scale = { rounds: 8, operations: 120 };
const FULL: Scale = { rounds: 20, operations: 300 };

const STORIES: Readonly<Record<string, (start: () => Promise<Fleet>, options: StoryOptions) => void>> = {
  'the account story': accountStory,
  'the story of retries': retriesStory,
  'the story of what always holds': invariantStory,
  'the story of two at the same moment': momentsStory,
};

/** Tells every story on a store and a cache. */
export function pair(store: string, cache: string, scale: Scale = FULL): void {
  for (const [name, story] of Object.entries(STORIES)) {
    describe(`${name} on ${store} × ${cache}`, () => {
      before(() => note(store, cache, 'passed'));
      afterEach(function () {
        if (this.currentTest?.state !== 'passed') note(store, cache, 'FAILED');
      });
      story(() => fleetOn(store, cache), { ...scale, durable: store !== 'memory' });
      after(endProcesses);
    });
  }
}
