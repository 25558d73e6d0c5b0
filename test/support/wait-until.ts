import { setTimeout as pause } from 'node:timers/promises';

const LIMIT_MS = 20_000;
const POLL_MS = 20;

/** Looks until something holds that other processes bring about. @throws where it never does */
export async function waitUntil(what: string, condition: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + LIMIT_MS;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`Not within ${LIMIT_MS} ms: ${what}.`);
    await pause(POLL_MS);
  }
}
