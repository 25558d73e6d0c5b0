import { writeFileSync } from 'node:fs';
import { pictures } from './pictures.ts';

/** `npm run pictures` draws the pictures of docs/freshness.md anew. */
for (const [name, svg] of await pictures()) {
  writeFileSync(new URL(`../../docs/${name}`, import.meta.url), svg);
}
