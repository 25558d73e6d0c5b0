import { endProcesses } from '../../support/rollcall-process.ts';
import { accountStory } from './account-story.ts';
import { fleetOn } from './fleet-on.ts';

for (const store of ['memory', 'sqlite']) {
  for (const cache of ['none', 'memory']) {
    describe(`the account story on ${store} × ${cache}`, () => {
      accountStory(() => fleetOn(store, cache));
      after(endProcesses);
    });
  }
}
