import { writeFileSync } from 'node:fs';
import { pictures } from './pictures.ts';

/** `npm run pictures` redraws the pictures in docs. */
for (const [name, svg] of await pictures()) {
  writeFileSync(new URL(`../../docs/${name}`, import.meta.url), svg);
}
