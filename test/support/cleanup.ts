type Cleanup = () => unknown;

/** Registers an `afterEach` hook that runs what a test has added, in reverse order, whether or not the test passed. */
export function cleanupAfterEach(): (cleanup: Cleanup) => void {
  const pending: Cleanup[] = [];
  afterEach(async () => {
    for (const cleanup of pending.splice(0).reverse()) await cleanup();
  });
  return (cleanup) => pending.push(cleanup);
}
