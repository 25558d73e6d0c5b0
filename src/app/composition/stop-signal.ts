const SIGNALS = ['SIGTERM', 'SIGINT'] as const;
const IMPATIENT_AFTER_MS = 1000;

/**
 * Settles at the first SIGTERM or SIGINT. Another one ends the process at once, unless it comes within a second: npm
 * forwards signals, so one Ctrl-C can arrive twice.
 */
export function stopSignal(from: NodeJS.Process): Promise<void> {
  return new Promise((resolve) => {
    let first: number | undefined;
    const onSignal = () => {
      if (first === undefined) {
        first = Date.now();
        resolve();
      } else if (Date.now() - first >= IMPATIENT_AFTER_MS) {
        from.exit(1);
      }
    };
    for (const signal of SIGNALS) from.on(signal, onSignal);
  });
}
