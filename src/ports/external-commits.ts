/** A store that other programs may change without marking records in the cache of this process. */
export interface ExternalCommits {
  /**
   * Synchronous: valid at the moment of the call. If two calls return the same number, only this store object has
   * committed between them; different numbers prove nothing.
   * @throws {StoreUnavailable} the number cannot be read now
   */
  dataVersion(): number;
}
