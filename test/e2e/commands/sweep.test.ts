import { sweepStory } from './sweep-story.ts';

for (const cache of ['none', 'momento']) sweepStory('sqlite', cache);
