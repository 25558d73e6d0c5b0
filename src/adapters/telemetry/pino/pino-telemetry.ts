import { createHash } from 'node:crypto';
import type { Logger } from 'pino';
import { type RecordKey, recordId } from '../../../domain/records.ts';
import type { Signal, Telemetry } from '../../../ports/telemetry.ts';

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
      case 'spot_check':
        if (signal.outcome === 'disagreed') {
          const { key, cachedVersion, storedVersion } = signal;
          const shown = { kind: key.kind, keyHash: hashOf(key), cachedVersion, storedVersion };
          this.#logger.error(shown, 'the cache answers with what the store does not hold');
        } else if (signal.outcome === 'failed') {
          this.#logger.debug({ err: signal.error }, 'a cached answer could not be compared with the store');
        }
        return;
      case 'store_read':
        return;
    }
  }
}

/** Tells one record from another without telling whose it is. */
function hashOf(key: RecordKey): string {
  return createHash('sha256').update(recordId(key)).digest('hex').slice(0, 16);
}
