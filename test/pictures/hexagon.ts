import type { Layer, LayerGraph } from './layers.ts';

const WIDTH = 980;
const HEIGHT = 592;
const INK = '#2e3440';
const PALE = '#5b6578';

type Point = readonly [x: number, y: number];

/** Where a layer is drawn. `outline` is convex. */
interface Shape {
  readonly outline: readonly Point[];
  readonly fill: string;
  readonly stroke: string;
  /** Where the name is written, if not in the middle. */
  readonly label?: Point;
  /** Where arrows to ports and domain start and what they aim at, if not at the middle of either shape. */
  readonly inward?: { readonly start: Point; readonly aim: Point };
  /** What the layer is for, a line each; empty = its folders are shown. */
  readonly words: readonly string[];
}

const APP = { fill: '#fdf0d9', stroke: '#d79b2b' };
const DRIVING = { fill: '#e3ecf8', stroke: '#5b86c0' };
const DRIVEN = { fill: '#eee6f5', stroke: '#8d6bb0' };
const COLOURS = { domain: '#2f8f4e', ports: '#3c6fb4', app: '#c07f10' };
type Kind = keyof typeof COLOURS;
const ASIDE: Readonly<Record<Kind, number>> = { domain: 6, ports: -6, app: 0 };

const HEXAGON = hexagon([490, 330], 335, 225);
/** The middle of ports and domain. */
const CORE: Point = [585, 342];

const SHAPES: Readonly<Record<Exclude<Layer, 'app/composition'>, Shape>> = {
  ports: {
    outline: hexagon([585, 330], 165, 130),
    fill: '#dbe7f6',
    stroke: COLOURS.ports,
    label: [585, 222],
    inward: { start: [585, 246], aim: CORE },
    words: ['interfaces with contracts'],
  },
  domain: {
    outline: hexagon(CORE, 100, 70),
    fill: '#d3ecd9',
    stroke: COLOURS.domain,
    words: ['rules, plans'],
  },
  'app/accounts': { outline: box(270, 158, 130, 64), ...APP, words: ['use cases'] },
  'app/freshness': { outline: box(236, 298, 130, 64), ...APP, words: ['cache protocol'] },
  'app/operations': { outline: box(270, 438, 130, 64), ...APP, words: ['start-up, health', 'doctor, sweep'] },
  'adapters/http': {
    outline: box(16, 150, 120, 260),
    inward: { start: [136, 250], aim: [585, 300] },
    ...DRIVING,
    words: [],
  },
  'adapters/cli': { outline: box(16, 440, 120, 60), ...DRIVING, words: ['commands'] },
  'adapters/stores': driven(110, 116, []),
  'adapters/caches': driven(240, 116, []),
  'adapters/auth': driven(370, 72, []),
  'adapters/telemetry': driven(456, 52, []),
  'adapters/system': driven(522, 52, ['clock, ids']),
};

/** The layers of src as a hexagon, with an arrow for each layer that another one imports. */
export function hexagonOf({ imports, folders }: LayerGraph): string {
  const composition = imports.get('app/composition') ?? new Set<Layer>();
  const shown = Object.entries(SHAPES) as [Exclude<Layer, 'app/composition'>, Shape][];
  const title =
    'Layers of src and their imports: adapters and app import ports and domain, ports import domain';
  const lines = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" font-family="Helvetica, Arial, sans-serif" font-size="13" role="img" aria-label="${title}">`,
    '<defs>',
    ...Object.entries(COLOURS).map(
      ([name, colour]) =>
        `<marker id="${name}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0 8 4 0 8z" fill="${colour}"/></marker>`,
    ),
    '</defs>',
    `<rect x="0.5" y="0.5" width="${WIDTH - 1}" height="${HEIGHT - 1}" rx="8" fill="#ffffff" stroke="#d8dee9"/>`,
    polygon(HEXAGON, '#fffaf0', APP.stroke),
    text([490, 128], 'app', 'font-weight="bold" font-size="15"'),
    ...compositionBar(composition),
    ...columnTitles(),
    ...legend(),
    ...shown.flatMap(([layer, shape]) =>
      drawn(layer, shape, folders.get(layer) ?? [], composition.has(layer)),
    ),
    ...shown.flatMap(([layer]) => [...(imports.get(layer) ?? [])].map((imported) => arrow(layer, imported))),
    '</svg>',
  ];
  return `${lines.join('\n')}\n`;
}

function compositionBar(imported: ReadonlySet<Layer>): string[] {
  const counted = imported.size;
  return [
    polygon(box(16, 16, 948, 44), '#f3f4f6', '#8a93a5'),
    text([490, 34], 'app/composition', 'font-weight="bold"'),
    text(
      [490, 51],
      `configuration, inversify modules, the process: imports the ${counted} layers marked with a dot`,
      `font-size="12" fill="${PALE}"`,
    ),
  ];
}

function columnTitles(): string[] {
  const style = `font-size="12" font-style="italic" fill="${PALE}"`;
  return [text([76, 138], 'driving adapters', style), text([904, 98], 'driven adapters', style)];
}

function legend(): string[] {
  return (Object.keys(COLOURS) as Kind[]).flatMap((kind, i) => {
    const x = 310 + 135 * i;
    const words = text([x + 36, 578], `imports ${kind}`, `font-size="12" fill="${PALE}"`, 'start');
    return [line([x, 574], [x + 26, 574], kind), words];
  });
}

function drawn(layer: Layer, shape: Shape, folders: readonly string[], hasDot: boolean): string[] {
  const { outline, fill, stroke, words } = shape;
  const lines = words.length > 0 ? words : folders;
  const [x, y] = shape.label ?? middleOf(outline);
  const top = shape.label === undefined ? y - (lines.length * 16) / 2 + 4 : y;
  const name = layer.replace(/^(adapters|app)\//, '');
  const [left, upper] = cornerOf(outline);
  return [
    polygon(outline, fill, stroke),
    text([x, top], name, 'font-weight="bold" font-size="14"'),
    ...lines.map((line, i) => text([x, top + 16 * (i + 1)], line, `font-size="12" fill="${PALE}"`)),
    ...(hasDot ? [`<circle cx="${left}" cy="${upper}" r="4.5" fill="#8a93a5"/>`] : []),
  ];
}

/** Arrows to the domain and to the ports from the same layer run side by side. */
function arrow(from: Layer, to: Layer): string {
  if (from === 'app/composition' || to === 'app/composition') {
    throw new Error(`The picture has no arrow from ${from} to ${to}.`);
  }
  const kind = to === 'domain' || to === 'ports' ? to : 'app';
  const { outline, inward } = SHAPES[from];
  const target = SHAPES[to].outline;
  const gate = kind === 'app' ? undefined : inward;
  const [a, b] = [gate?.start ?? middleOf(outline), gate?.aim ?? middleOf(target)];
  const length = Math.hypot(b[0] - a[0], b[1] - a[1]);
  const aside = from === 'ports' ? 0 : ASIDE[kind];
  const [dx, dy] = [((a[1] - b[1]) / length) * aside, ((b[0] - a[0]) / length) * aside];
  const [p, q]: [Point, Point] = [
    [a[0] + dx, a[1] + dy],
    [b[0] + dx, b[1] + dy],
  ];
  return line(gate === undefined ? crossing(q, p, outline) : [a[0], p[1]], crossing(p, q, target), kind);
}

function line([x1, y1]: Point, [x2, y2]: Point, kind: Kind): string {
  return `<line x1="${round(x1)}" y1="${round(y1)}" x2="${round(x2)}" y2="${round(y2)}" stroke="${COLOURS[kind]}" stroke-width="1.4" marker-end="url(#${kind})"/>`;
}

/** Where the line from `outside` to `inside` enters the outline. */
function crossing(outside: Point, inside: Point, outline: readonly Point[]): Point {
  let [near, far] = [0, 1];
  for (let step = 0; step < 40; step += 1) {
    const middle = (near + far) / 2;
    if (contains(outline, between(outside, inside, middle))) far = middle;
    else near = middle;
  }
  return between(outside, inside, near);
}

function between([x1, y1]: Point, [x2, y2]: Point, share: number): Point {
  return [x1 + (x2 - x1) * share, y1 + (y2 - y1) * share];
}

/** @param outline convex, clockwise */
function contains(outline: readonly Point[], [x, y]: Point): boolean {
  return outline.every(([x1, y1], i) => {
    const [x2, y2] = outline[(i + 1) % outline.length] ?? [x1, y1];
    return (x2 - x1) * (y - y1) - (y2 - y1) * (x - x1) >= 0;
  });
}

function hexagon([x, y]: Point, halfWidth: number, halfHeight: number): readonly Point[] {
  const shoulder = halfWidth * 0.62;
  return [
    [x - halfWidth, y],
    [x - shoulder, y - halfHeight],
    [x + shoulder, y - halfHeight],
    [x + halfWidth, y],
    [x + shoulder, y + halfHeight],
    [x - shoulder, y + halfHeight],
  ];
}

/** A driven adapter: a box at the right edge. */
function driven(y: number, height: number, words: readonly string[]): Shape {
  const inward = { start: [844, y + height / 2] as const, aim: CORE };
  return { outline: box(844, y, 120, height), inward, ...DRIVEN, words };
}

function box(x: number, y: number, width: number, height: number): readonly Point[] {
  return [
    [x, y],
    [x + width, y],
    [x + width, y + height],
    [x, y + height],
  ];
}

function middleOf(outline: readonly Point[]): Point {
  const sum = (i: 0 | 1) => outline.reduce((total, point) => total + point[i], 0) / outline.length;
  return [sum(0), sum(1)];
}

function cornerOf(outline: readonly Point[]): Point {
  const [first = [0, 0], second = first] = outline;
  return first[1] === second[1] ? [first[0] + 10, first[1] + 10] : [second[0] + 12, second[1] + 12];
}

function polygon(outline: readonly Point[], fill: string, stroke: string): string {
  const points = outline.map(([x, y]) => `${round(x)},${round(y)}`).join(' ');
  return `<polygon points="${points}" fill="${fill}" stroke="${stroke}" stroke-width="1.4" stroke-linejoin="round"/>`;
}

function text([x, y]: Point, words: string, style: string, anchor = 'middle'): string {
  const ink = style.includes('fill=') ? '' : ` fill="${INK}"`;
  return `<text x="${round(x)}" y="${round(y)}" text-anchor="${anchor}"${ink} ${style}>${words}</text>`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
