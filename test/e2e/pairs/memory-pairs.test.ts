import { BRIEF, describePair } from './pair.ts';

for (const cache of ['none', 'memory', 'momento']) describePair('memory', cache, BRIEF);
