import { pair } from './pair.ts';

pair('memory', 'none');
pair('memory', 'memory');
pair('sqlite', 'none');
pair('sqlite', 'memory');
