import { backupStory } from './backup-story.ts';

backupStory({ megabytes: 200, perSecond: 100 });
