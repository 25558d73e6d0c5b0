import type { RecordKey } from '../domain/records.ts';
import type { EpochReason, EpochState } from './epoch.ts';

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
  | {
      /** The record of the epoch has changed; `from` is absent when it is read for the first time. */
      readonly type: 'epoch';
      readonly from: EpochState | 'legacy' | undefined;
      readonly to: EpochState | 'legacy';
      readonly n: number;
      readonly by: string;
      readonly why: EpochReason | undefined;
    }
  /** Epochs keep ending: instances use different cache servers, or one that is only available at times. */
  | { readonly type: 'epochs_unstable'; readonly closings: number }
  /** A cache read was not proven to come from the server, in the term, that counts. */
  | { readonly type: 'look_unproven'; readonly why: string }
  /** A cache read found that the permit had lapsed; the record is read beside it. */
  | { readonly type: 'permit_lapsed' }
  | { readonly type: 'store_read'; readonly records: number }
  | { readonly type: 'consistency_sample'; readonly outcome: 'agreed' }
  | { readonly type: 'consistency_sample'; readonly outcome: 'failed'; readonly error: unknown }
  | {
      /** The cache and the store hold different values of a record. */
      readonly type: 'consistency_sample';
      /** `store_read_old`: the cache holds a later version than the store has answered with. */
      readonly outcome: 'disagreed' | 'store_read_old';
      readonly key: RecordKey;
      readonly cachedVersion: number;
      readonly storedVersion: number;
    }
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
