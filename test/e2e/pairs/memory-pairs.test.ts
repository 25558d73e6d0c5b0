import { BRIEF, pair } from './pair.ts';

for (const cache of ['none', 'memory', 'momento']) pair('memory', cache, BRIEF);
