import type { RecordKey } from '../domain/records.ts';

/**
 * An event of a running instance for logs and metrics. It contains no addresses and no credentials. Names occur only in
 * record keys, which adapters must show as hashes.
 */
export type Signal =
  | {
      readonly type: 'cache_operation';
      readonly operation: 'get' | 'getMany' | 'add' | 'replace' | 'put';
      /** `hit` and `miss`: outcome of a read. `done` and `refused`: outcome of a conditional set. */
      readonly outcome: 'hit' | 'miss' | 'done' | 'refused' | 'failed';
      readonly error?: unknown;
    }
  | { readonly type: 'cache_circuit_breaker'; readonly open: boolean }
  | { readonly type: 'store_read'; readonly records: number }
  | { readonly type: 'consistency_sample'; readonly outcome: 'agreed' }
  | { readonly type: 'consistency_sample'; readonly outcome: 'failed'; readonly error: unknown }
  | {
      /** The cache holds a value that the store does not hold. */
      readonly type: 'consistency_sample';
      readonly outcome: 'disagreed';
      readonly key: RecordKey;
      readonly cachedVersion: number;
      readonly storedVersion: number;
    }
  /** Another server answers for the store: it failed over, or a backup was restored. Everything cached before is invalid. */
  | { readonly type: 'store_failover'; readonly from: string; readonly to: string }
  | {
      readonly type: 'request_failed';
      readonly requestId: string;
      readonly code: string;
      readonly error: unknown;
    };

/** The destination of signals. */
export interface Telemetry {
  /** Returns immediately and never throws. */
  emit(signal: Signal): void;
}
