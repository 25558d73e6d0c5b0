/** How a run is done. */
export interface TortureSettings {
  /** Under load and faults, on each side. */
  readonly seconds: number;
  /** Repeats what is asked and what is broken, though not the moments at which it meets. */
  readonly seed: string;
  readonly memberships: number;
  readonly readers: number;
  readonly writers: number;
  /** Without faults only races are left. */
  readonly faults: boolean;
  /** Milliseconds; `STORE_TIMEOUT_MS` has to fit. */
  readonly markerTtlMs: number;
  /** `FRESHNESS_SAMPLE`. */
  readonly sample: number;
}
