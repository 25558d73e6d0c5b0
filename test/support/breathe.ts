/** Lets everything else that is due have its turn. */
export const breathe = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
