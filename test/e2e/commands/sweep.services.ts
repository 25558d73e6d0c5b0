import { sweepStory } from './sweep-story.ts';

for (const store of ['postgres', 'dynamodb']) {
  for (const cache of ['none', 'redis']) sweepStory(store, cache);
}
