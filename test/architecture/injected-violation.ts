import type { Files } from './temporary-tree.ts';
import type { Violation } from './violation.ts';

/** Files that break exactly one rule once. Every plant has file names of its own, so all fit in one tree. */
export interface InjectedViolation {
  readonly title: string;
  readonly files: Files;
  readonly expected: Violation;
}

/** One file with one line that breaks `rule` by reaching or containing `to`. */
export function inject(rule: string, from: string, line: string, to: string): InjectedViolation {
  return { title: `${from}: ${line}`, files: { [from]: `${line}\n` }, expected: { rule, from, to } };
}
