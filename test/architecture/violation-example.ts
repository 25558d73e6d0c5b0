import type { Files } from './temporary-tree.ts';
import type { Violation } from './violation.ts';

/** Files with exactly one violation. File names are unique, so all examples fit in one tree. */
export interface ViolationExample {
  readonly title: string;
  readonly files: Files;
  readonly expected: Violation;
}

/** A file with one line that violates `rule` by importing or containing `to`. */
export function example(rule: string, from: string, line: string, to: string): ViolationExample {
  return { title: `${from}: ${line}`, files: { [from]: `${line}\n` }, expected: { rule, from, to } };
}
