/** The parameters of a run. */
export interface TortureSettings {
  /** The duration of the load for each variant. */
  readonly seconds: number;
  /** Reproduces requests and faults, but not their timing. */
  readonly seed: string;
  readonly memberships: number;
  readonly readers: number;
  readonly writers: number;
  /** Without faults, only race conditions can cause stale reads. */
  readonly faults: boolean;
  /** `MARKER_TTL_MS`; other timeouts are derived from it. */
  readonly markerTtlMs: number;
  /** `FRESHNESS_SAMPLE`. */
  readonly sample: number;
}
