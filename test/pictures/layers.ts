import { fileURLToPath } from 'node:url';
import { cruiseTree } from '../architecture/cruise-tree.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');

/** The layers of src, and the folders of src that group adapters by the port they serve. */
const LAYERS = [
  'domain',
  'ports',
  'app/accounts',
  'app/freshness',
  'app/operations',
  'app/composition',
  'adapters/http',
  'adapters/cli',
  'adapters/stores',
  'adapters/caches',
  'adapters/auth',
  'adapters/telemetry',
  'adapters/system',
] as const;
export type Layer = (typeof LAYERS)[number];

export interface LayerGraph {
  /** The layers that each layer imports, except itself. */
  readonly imports: ReadonlyMap<Layer, ReadonlySet<Layer>>;
  /** The folders of each layer. */
  readonly folders: ReadonlyMap<Layer, readonly string[]>;
}

/** Which layer imports which, from the imports of the files in src. */
export async function layerGraph(): Promise<LayerGraph> {
  const { modules, imports } = await cruiseTree(ROOT);
  const graph = new Map(LAYERS.map((layer) => [layer, new Set<Layer>()]));
  for (const { from, to } of imports) {
    if (!isSource(from) || !isSource(to)) continue;
    const [importing, imported] = [layerOf(from), layerOf(to)];
    if (importing !== imported) graph.get(importing)?.add(imported);
  }
  const sources = modules.filter(isSource);
  return { imports: graph, folders: new Map(LAYERS.map((layer) => [layer, foldersOf(layer, sources)])) };
}

function isSource(path: string): boolean {
  return path.startsWith('src/');
}

/** The service's facade belongs to `app/accounts`, whose parts it puts together. */
function layerOf(path: string): Layer {
  if (path === 'src/app/account-service.ts') return 'app/accounts';
  const layer = LAYERS.find((one) => path.startsWith(`src/${one}/`));
  if (layer === undefined) {
    throw new Error(
      `${path} is in no layer that the picture shows; add its layer to LAYERS in test/pictures`,
    );
  }
  return layer;
}

function foldersOf(layer: Layer, sources: readonly string[]): readonly string[] {
  const rests = sources
    .filter((path) => path.startsWith(`src/${layer}/`))
    .map((path) => path.slice(`src/${layer}/`.length));
  return [
    ...new Set(rests.filter((rest) => rest.includes('/')).map((rest) => rest.split('/')[0] ?? '')),
  ].sort();
}
