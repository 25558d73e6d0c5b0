import { createHash } from 'node:crypto';
import type { Logger } from 'pino';
import { type RecordKey, recordId } from '../../../domain/records.ts';
import type { Signal, Telemetry } from '../../../ports/telemetry.ts';

/** Writes signals as structured log lines. Signals of normal requests are for metrics and are not logged. */
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
      case 'cache_circuit_breaker':
        if (signal.open) this.#logger.warn('the cache keeps failing; reads bypass it and go to the store');
        else this.#logger.info('the cache has recovered; reads use it again');
        return;
      case 'cache_operation': {
        const { operation, outcome, error } = signal;
        if (outcome === 'failed') this.#logger.debug({ operation, err: error }, 'cache operation failed');
        return;
      }
      case 'consistency_sample':
        if (signal.outcome === 'disagreed') {
          const { key, cachedVersion, storedVersion } = signal;
          const details = { kind: key.kind, keyHash: hashOf(key), cachedVersion, storedVersion };
          this.#logger.error(details, 'stale cache entry: its version differs from the store');
        } else if (signal.outcome === 'failed') {
          this.#logger.debug({ err: signal.error }, 'a cached value could not be compared with the store');
        }
        return;
      case 'store_failover': {
        const { from, to } = signal;
        this.#logger.error(
          { from, to },
          'the store is served by another server: it failed over or was restored, and may lack acknowledged changes; cached entries were invalidated',
        );
        return;
      }
      case 'store_read':
        return;
    }
  }
}

/** Distinguishes records in the log without revealing their names. */
function hashOf(key: RecordKey): string {
  return createHash('sha256').update(recordId(key)).digest('hex').slice(0, 16);
}
