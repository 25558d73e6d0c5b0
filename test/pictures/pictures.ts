import { CACHINGS, type Caching, race } from './race.ts';
import { timeline } from './timeline.ts';

const TITLES: Readonly<Record<Caching, string>> = {
  tutorial: 'Read aside, write aside: a removed Admin is granted for as long as the entry lives',
  protocol: 'The protocol: the same reader, just as late, is refused',
};

/** The pictures of docs/freshness.md, by the name of their file. */
export async function pictures(): Promise<ReadonlyMap<string, string>> {
  const drawn = CACHINGS.map(
    async (caching) => [`race-${caching}.svg`, timeline(TITLES[caching], await race(caching))] as const,
  );
  return new Map(await Promise.all(drawn));
}
