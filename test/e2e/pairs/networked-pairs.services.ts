import { endProcesses } from '../../support/rollcall-process.ts';
import { accountStory } from './account-story.ts';
import { fleetOn } from './fleet-on.ts';

const PAIRS = [
  ['memory', 'redis'],
  ['sqlite', 'redis'],
  ['dynamodb', 'none'],
  ['dynamodb', 'redis'],
] as const;

for (const [store, cache] of PAIRS) {
  describe(`the account story on ${store} × ${cache}`, () => {
    accountStory(() => fleetOn(store, cache));
    after(endProcesses);
  });
}
