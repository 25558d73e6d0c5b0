/** The numbers of epochs (docs/freshness.md), in milliseconds. */
export interface EpochSettings {
  /** How long a read of the record permits hits and commits; fixed in the record. */
  readonly permitMs: number;
  /** The longest that a commit may take from the check of its permit; fixed in the record. */
  readonly commitMs: number;
  /** How long marks must have failed before the epoch is closed. */
  readonly closeAfterMs: number;
  /** How long a cache server must be reached without a break before it is taken. */
  readonly holdMs: number;
  /** How long a write waits until it can be made without the cache. */
  readonly writeWaitMs: number;
  /** Whether this instance may close an epoch because its own marks fail. */
  readonly writesWithoutCache: boolean;
}
