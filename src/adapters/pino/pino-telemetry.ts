import type { Logger } from 'pino';
import type { Signal, Telemetry } from '../../ports/telemetry.ts';

/** Signals as structured log lines. What happens on every request is for metrics, not for the log. */
export class PinoTelemetry implements Telemetry {
  readonly #logger: Logger;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  emit(signal: Signal): void {
    switch (signal.type) {
      case 'request_failed': {
        const { requestId, code, error } = signal;
        this.#logger.error({ requestId, code, err: error }, 'request failed');
        return;
      }
      case 'cache_trust':
        if (signal.trusted) this.#logger.info('the cache answers again; reads use it');
        else this.#logger.warn('the cache keeps failing; reads go to the store');
        return;
      case 'cache_operation': {
        const { operation, outcome, error } = signal;
        if (outcome === 'failed') this.#logger.debug({ operation, err: error }, 'cache operation failed');
        return;
      }
      case 'store_read':
        return;
    }
  }
}
