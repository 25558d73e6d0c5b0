import { PARTIES, type Party, type Step } from './recorder.ts';

const WIDTH = 590;
const TOP = 70;
const ROW = 34;
const BAR = 30;
const INK = '#2e3440';
const LINE = '#3b4252';
const BAD = '#b3202c';
const GOOD = '#1d7a3a';
const X: Readonly<Record<Party | 'cache' | 'store', number>> = {
  'later reader': 48,
  reader: 132,
  cache: 312,
  store: 398,
  writer: 552,
};
const COLOURS: Readonly<Record<string, string>> = {
  nothing: '#e5e9f0',
  lease: '#f2c94c',
  marker: '#f2994a',
  value: '#8fd3a3',
  stale: '#e8636d',
  Admin: '#8fd3a3',
  'no member': '#c3cad6',
};

/** Draws the steps from top to bottom, and between the parties what the cache and the store hold meanwhile. */
export function timeline(title: string, steps: readonly Step[]): string {
  const height = rowY(steps.length) + 6;
  const lines = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" font-family="Helvetica, Arial, sans-serif" font-size="14" role="img" aria-label="${title}">`,
    `<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0 8 4 0 8z" fill="${LINE}"/></marker></defs>`,
    `<rect x="0.5" y="0.5" width="${WIDTH - 1}" height="${height - 1}" rx="8" fill="#ffffff" stroke="#d8dee9"/>`,
    text(WIDTH / 2, 26, title, 'middle', 'font-size="17" font-weight="bold"'),
    ...Object.entries(X).map(([name, x]) => text(x, 54, name, 'middle', 'font-weight="bold"')),
    ...PARTIES.map((party) => lane(X[party], height)),
    ...bar(X.cache, 'nothing', steps, ({ cache }) => cache),
    ...bar(X.store, 'Admin', steps, ({ store }) => store),
    ...steps.flatMap((step, row) => arrow(step, rowY(row))),
    '</svg>',
  ];
  return `${lines.join('\n')}\n`;
}

function rowY(row: number): number {
  return TOP + ROW * (row + 1) - 4;
}

function lane(x: number, height: number): string {
  return `<line x1="${x}" y1="${TOP - 8}" x2="${x}" y2="${height - 10}" stroke="#c3cad6" stroke-dasharray="4 4"/>`;
}

/** One block for as long as the state stays the same. */
function bar(x: number, first: string, steps: readonly Step[], stateOf: (step: Step) => string): string[] {
  const blocks: { state: string; from: number }[] = [{ state: first, from: TOP - 8 }];
  for (const [row, step] of steps.entries()) {
    const state = stateOf(step);
    if (state !== blocks.at(-1)?.state) blocks.push({ state, from: rowY(row) });
  }
  const end = rowY(steps.length) - 6;
  return blocks.flatMap(({ state, from }, i) => {
    const height = (blocks[i + 1]?.from ?? end) - from;
    const [kind = '', role = kind] = state.split(': ');
    const middle = from + height / 2;
    return [
      `<rect x="${x - BAR / 2}" y="${from}" width="${BAR}" height="${height}" fill="${COLOURS[kind]}"/>`,
      text(x, middle, role, 'middle', `font-size="12" transform="rotate(-90 ${x} ${middle})" dy="4"`),
    ];
  });
}

function arrow(step: Step, y: number): string[] {
  const { by, at } = step;
  const from = X[by];
  const leftwards = by === 'writer';
  const side = leftwards ? -8 : 8;
  const label = text(from + side, y - 6, step.what, leftwards ? 'end' : 'start', styleOf(step));
  if (at === undefined) return [label, `<circle cx="${from}" cy="${y - 10}" r="4" fill="${LINE}"/>`];
  const to = X[at] + (leftwards ? 1 : -1) * (BAR / 2 + 1);
  return [
    `<line x1="${from}" y1="${y}" x2="${to}" y2="${y}" stroke="${LINE}" marker-end="url(#tip)"/>`,
    label,
  ];
}

/** What readers of the picture should look at first. */
function styleOf({ at, cache, what }: Step): string {
  if (at === 'cache' && cache.startsWith('stale')) return `font-weight="bold" fill="${BAD}"`;
  if (what.endsWith('refused')) return `font-weight="bold" fill="${GOOD}"`;
  return at === undefined ? 'font-weight="bold"' : '';
}

/** With a white outline, so that text stays legible where it crosses a lane. */
function text(x: number, y: number, words: string, anchor: string, style = ''): string {
  const halo = style.includes('rotate') ? '' : ' stroke="#ffffff" stroke-width="3" paint-order="stroke"';
  const ink = style.includes('fill=') ? '' : ` fill="${INK}"`;
  return `<text x="${x}" y="${y}" text-anchor="${anchor}"${ink}${halo} ${style}>${words}</text>`;
}
