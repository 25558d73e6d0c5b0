import { hexagonOf } from './hexagon.ts';
import { layerGraph } from './layers.ts';
import { CACHINGS, type Caching, race } from './race.ts';
import { timeline } from './timeline.ts';

const TITLES: Readonly<Record<Caching, string>> = {
  tutorial: 'Cache-aside: the removed Admin is still granted access',
  protocol: 'Rollcall: the late fill is refused',
};

/** The pictures in docs, by file name. */
export async function pictures(): Promise<ReadonlyMap<string, string>> {
  const races = CACHINGS.map(
    async (caching) => [`race-${caching}.svg`, timeline(TITLES[caching], await race(caching))] as const,
  );
  const architecture = ['architecture.svg', hexagonOf(await layerGraph())] as const;
  return new Map([...(await Promise.all(races)), architecture]);
}
