import type { Fleet } from '../../support/fleet.ts';
import { endProcesses } from '../../support/rollcall-process.ts';
import { accountStory } from './account-story.ts';
import { fleetOn } from './fleet-on.ts';
import { invariantStory } from './invariant-story.ts';
import { note } from './matrix.ts';
import { momentsStory } from './moments-story.ts';
import { retriesStory } from './retries-story.ts';

const STORIES: Readonly<Record<string, (start: () => Promise<Fleet>, on: { durable: boolean }) => void>> = {
  'the account story': accountStory,
  'the story of retries': retriesStory,
  'the story of what always holds': invariantStory,
  'the story of two at the same moment': momentsStory,
};

/** Tells every story on a store and a cache. */
export function pair(store: string, cache: string): void {
  for (const [name, story] of Object.entries(STORIES)) {
    describe(`${name} on ${store} × ${cache}`, () => {
      before(() => note(store, cache, 'passed'));
      afterEach(function () {
        if (this.currentTest?.state !== 'passed') note(store, cache, 'FAILED');
      });
      story(() => fleetOn(store, cache), { durable: store !== 'memory' });
      after(endProcesses);
    });
  }
}
