/** The integers from one to the other, both included. */
export const range = (from: number, to: number): readonly number[] => times(to - from + 1, (i) => from + i);

/** What a function makes of 0, 1, …, as often as given. */
export const times = <T>(count: number, make: (i: number) => T): T[] =>
  Array.from({ length: count }, (_, i) => make(i));
