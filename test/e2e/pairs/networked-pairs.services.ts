import { pair } from './pair.ts';

pair('memory', 'redis');
pair('sqlite', 'redis');
pair('dynamodb', 'none');
pair('dynamodb', 'redis');
