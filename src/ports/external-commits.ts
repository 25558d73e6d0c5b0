/** A store whose records other programs may change without a mark in this process's own cache. */
export interface ExternalCommits {
  /**
   * Synchronous: true at the moment of the call. Two equal answers prove that nobody but this store object has committed
   * between them; different ones prove nothing.
   * @throws {StoreUnavailable} nobody can tell now
   */
  dataVersion(): number;
}
