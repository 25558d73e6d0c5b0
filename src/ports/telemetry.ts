import type { RecordKey } from '../domain/records.ts';

/**
 * Something worth knowing about a running instance. Never carries addresses or credentials, and names only in keys of
 * records, which are to be shown as hashes.
 */
export type Signal =
  | {
      readonly type: 'cache_operation';
      readonly operation: 'get' | 'getMany' | 'add' | 'replace' | 'put';
      /** `hit` and `miss` of a read; `done` and `refused` of a conditional set. */
      readonly outcome: 'hit' | 'miss' | 'done' | 'refused' | 'failed';
      readonly error?: unknown;
    }
  | { readonly type: 'cache_trust'; readonly trusted: boolean }
  | { readonly type: 'store_read'; readonly records: number }
  | { readonly type: 'spot_check'; readonly outcome: 'agreed' }
  | { readonly type: 'spot_check'; readonly outcome: 'failed'; readonly error: unknown }
  | {
      /** The cache has answered with what is not in the store, and still would. */
      readonly type: 'spot_check';
      readonly outcome: 'disagreed';
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

/** Where signals go: logs now, metrics beside them. */
export interface Telemetry {
  /** Must return at once and never throws. */
  emit(signal: Signal): void;
}
