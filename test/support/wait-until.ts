import { setTimeout as delay } from 'node:timers/promises';

const LIMIT_MS = 20_000;
const POLL_INTERVAL_MS = 20;

/** Polls until a condition holds that depends on other processes. @throws Error after 20 seconds */
export async function waitUntil(what: string, condition: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + LIMIT_MS;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`not within ${LIMIT_MS} ms: ${what}`);
    await delay(POLL_INTERVAL_MS);
  }
}
