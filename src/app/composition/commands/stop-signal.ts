const SIGNALS = ['SIGTERM', 'SIGINT'] as const;
/** npm forwards signals, so one Ctrl-C can arrive twice within this time. */
const DUPLICATE_WITHIN_MS = 1000;

/** Settles at the first SIGTERM or SIGINT. A later one ends the process at once, unless it is a duplicate of the first. */
export function stopSignal(from: NodeJS.Process): Promise<void> {
  return new Promise((resolve) => {
    let first: number | undefined;
    const onSignal = () => {
      if (first === undefined) {
        first = Date.now();
        resolve();
      } else if (Date.now() - first >= DUPLICATE_WITHIN_MS) {
        from.exit(1);
      }
    };
    for (const signal of SIGNALS) from.on(signal, onSignal);
  });
}
