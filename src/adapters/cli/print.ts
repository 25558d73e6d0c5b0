/** Puts one line on standard output. */
export type Print = (line: string) => void;
