/** The integers of a range, both ends included. */
export const range = (from: number, to: number): readonly number[] => times(to - from + 1, (i) => from + i);

/** The results of a function for 0, 1, … `count` − 1. */
export const times = <T>(count: number, make: (i: number) => T): T[] =>
  Array.from({ length: count }, (_, i) => make(i));
