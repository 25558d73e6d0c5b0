import { pair } from './pair.ts';

pair('memory', 'redis');
pair('sqlite', 'redis');
for (const cache of ['none', 'redis', 'momento']) pair('dynamodb', cache);
