/** Something worth knowing about a running instance. Never carries names, addresses or credentials. */
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
