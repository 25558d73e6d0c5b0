import { PARTIES, type Party, type Step } from './recorder.ts';

const WIDTH = 900;
const TOP = 74;
const ROW = 36;
const BAR = 26;
const X: Readonly<Record<Party | 'cache' | 'store', number>> = {
  'a later reader': 70,
  'a reader': 200,
  cache: 430,
  store: 590,
  'the writer': 848,
};
const HELD: Readonly<Record<Step['cache'], readonly [colour: string, words: string]>> = {
  nothing: ['#e5e9f0', 'nothing'],
  lease: ['#f2c94c', 'lease'],
  marker: ['#f2994a', 'marker'],
  value: ['#4caf6e', 'value'],
  stale: ['#d64550', 'STALE'],
};
const STORED: Readonly<Record<Step['store'], readonly [colour: string, words: string]>> = {
  there: ['#4caf6e', 'Admin'],
  removed: ['#9aa5b8', 'removed'],
};

/** Draws what everybody did, from the top down, between what the cache and the store held meanwhile. */
export function timeline(title: string, steps: readonly Step[]): string {
  const height = TOP + ROW * (steps.length + 1);
  const lines = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" font-family="Helvetica, Arial, sans-serif" font-size="13" role="img" aria-label="${title}">`,
    '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0 8 4 0 8z" fill="#3b4252"/></marker></defs>',
    `<rect width="${WIDTH}" height="${height}" rx="8" fill="#ffffff" stroke="#d8dee9"/>`,
    text(WIDTH / 2, 26, title, 'middle', 'font-size="16" font-weight="bold"'),
    ...Object.entries(X).map(([name, x]) => text(x, 54, name, 'middle', 'font-weight="bold"')),
    ...PARTIES.map((party) => lane(X[party], height)),
    ...bar(X.cache, 'nothing', HELD, steps, ({ cache }) => cache),
    ...bar(X.store, 'there', STORED, steps, ({ store }) => store),
    ...steps.flatMap((step, row) => arrow(step, rowY(row))),
    '</svg>',
  ];
  return `${lines.join('\n')}\n`;
}

function rowY(row: number): number {
  return TOP + ROW * (row + 1);
}

function lane(x: number, height: number): string {
  return `<line x1="${x}" y1="${TOP - 10}" x2="${x}" y2="${height - 10}" stroke="#c3cad6" stroke-dasharray="4 4"/>`;
}

/** One block for as long as the state stays the same. */
function bar<State extends string>(
  x: number,
  first: State,
  looks: Readonly<Record<State, readonly [colour: string, words: string]>>,
  steps: readonly Step[],
  stateOf: (step: Step) => State,
): string[] {
  const blocks: { state: State; from: number }[] = [{ state: first, from: TOP - 10 }];
  for (const [row, step] of steps.entries()) {
    const state = stateOf(step);
    if (state !== blocks.at(-1)?.state) blocks.push({ state, from: rowY(row) });
  }
  const end = rowY(steps.length) - 8;
  return blocks.flatMap(({ state, from }, i) => {
    const height = (blocks[i + 1]?.from ?? end) - from;
    const [colour, words] = looks[state];
    const middle = from + height / 2;
    return [
      `<rect x="${x - BAR / 2}" y="${from}" width="${BAR}" height="${height}" fill="${colour}"/>`,
      text(x, middle, words, 'middle', `font-size="11" transform="rotate(-90 ${x} ${middle})" dy="4"`),
    ];
  });
}

function arrow({ by, at, what }: Step, y: number): string[] {
  const from = X[by];
  const leftwards = by === 'the writer';
  const side = leftwards ? -8 : 8;
  const label = text(from + side, y - 5, what, leftwards ? 'end' : 'start', at ? '' : 'font-weight="bold"');
  if (at === undefined) return [label, `<circle cx="${from}" cy="${y - 8}" r="4" fill="#3b4252"/>`];
  const to = X[at] + (leftwards ? 1 : -1) * (BAR / 2 + 1);
  return [
    `<line x1="${from}" y1="${y}" x2="${to}" y2="${y}" stroke="#3b4252" marker-end="url(#tip)"/>`,
    label,
  ];
}

function text(x: number, y: number, words: string, anchor: string, style = ''): string {
  return `<text x="${x}" y="${y}" text-anchor="${anchor}" fill="#2e3440" ${style}>${words}</text>`;
}
