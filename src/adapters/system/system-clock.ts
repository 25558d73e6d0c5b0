import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../../ports/clock.ts';

export class SystemClock implements Clock {
  now(): number {
    return Date.now();
  }

  monotonic(): number {
    return performance.now();
  }

  async sleep(ms: number, until?: AbortSignal): Promise<void> {
    // It only rejects when it is aborted.
    await sleep(ms, undefined, until === undefined ? {} : { signal: until }).catch(() => {});
  }
}
