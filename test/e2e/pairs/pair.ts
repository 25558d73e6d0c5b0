import { endProcesses } from '../../support/rollcall-process.ts';
import { accountStory } from './account-story.ts';
import { fleetOn } from './fleet-on.ts';
import { note } from './matrix.ts';

/** Tells the account story on a store and a cache. */
export function pair(store: string, cache: string): void {
  describe(`the account story on ${store} × ${cache}`, () => {
    before(() => note(store, cache, 'passed'));
    afterEach(function () {
      if (this.currentTest?.state !== 'passed') note(store, cache, 'FAILED');
    });
    accountStory(() => fleetOn(store, cache));
    after(endProcesses);
  });
}
