import type { Breach } from './breach.ts';
import type { Files } from './planted-tree.ts';

/** Files that break exactly one rule once. Every plant has file names of its own, so all fit in one tree. */
export interface Plant {
  readonly title: string;
  readonly files: Files;
  readonly caught: Breach;
}

/** One file with one line that breaks `rule` by reaching or containing `to`. */
export function plant(rule: string, from: string, line: string, to: string): Plant {
  return { title: `${from}: ${line}`, files: { [from]: `${line}\n` }, caught: { rule, from, to } };
}
