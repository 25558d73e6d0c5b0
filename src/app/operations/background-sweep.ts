import type { Clock } from '../../ports/clock.ts';
import type { Ids } from '../../ports/ids.ts';
import type { Sweep } from './sweep.ts';

const DAY_MS = 86_400_000;
/** Delay between two pages of 100 records. */
const PAUSE_MS = 1000;

/** Sweeps once a day at low rate, at a random time of day for each instance. */
export class BackgroundSweep {
  readonly #sweep: Sweep;
  readonly #clock: Clock;
  readonly #ids: Pick<Ids, 'fraction'>;

  constructor(parts: { sweep: Sweep; clock: Clock; ids: Pick<Ids, 'fraction'> }) {
    this.#sweep = parts.sweep;
    this.#clock = parts.clock;
    this.#ids = parts.ids;
  }

  /** Runs until `stop` is aborted. A failed sweep is retried on the next day. */
  async run(stop: AbortSignal): Promise<void> {
    await this.#clock.sleep(this.#ids.fraction() * DAY_MS, stop);
    while (!stop.aborted) {
      await this.#sweep.run(() => {}, { pauseMs: PAUSE_MS, stop }).catch(() => {});
      await this.#clock.sleep(DAY_MS, stop);
    }
  }
}
