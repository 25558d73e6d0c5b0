/** The configured cache. */
export interface CacheIdentity {
  /** The settings as one line of text, for people. */
  readonly description: string;
  /** Whether it lives in one process, so that no other process may have the store open. */
  readonly isPrivate: boolean;
  /** `CACHE=none`. */
  readonly isAbsent: boolean;
}
