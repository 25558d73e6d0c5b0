type Outcome = 'passed' | 'FAILED';

const outcomes = new Map<string, Map<string, Outcome>>();

/** Keeps the worst outcome of a pair of store and cache. A table of all pairs is printed when the process ends. */
export function recordOutcome(store: string, cache: string, outcome: Outcome): void {
  if (outcomes.size === 0) process.once('exit', () => process.stdout.write(`${table()}\n`));
  const row = outcomes.get(store) ?? new Map<string, Outcome>();
  if (row.get(cache) !== 'FAILED') row.set(cache, outcome);
  outcomes.set(store, row);
}

function table(): string {
  const caches = [...new Set([...outcomes.values()].flatMap((row) => [...row.keys()]))];
  const rows = [...outcomes].map(([store, row]) => [store, ...caches.map((cache) => row.get(cache) ?? '–')]);
  return [['store × cache', ...caches], ...rows]
    .map((cells) => cells.map((cell, column) => cell.padEnd(column === 0 ? 14 : 8)).join(' '))
    .join('\n');
}
