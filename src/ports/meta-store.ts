import type { Deadline } from './clock.ts';
import type { Epoch, StoreServer } from './epoch.ts';

/** The one record about the store itself. */
export interface Meta {
  /** Unlike that of any other store. */
  readonly storeId: string;
  /** Of versions before epochs: they put it into every cache key. */
  readonly generation: number;
  /** The cache that the instances on this store are configured to use, as one line of text. */
  readonly cache: string;
  /** Absent: instances of the version before epochs may be running. */
  readonly epoch?: Epoch;
}

export interface MetaAnswer {
  /** `undefined` = there is no record yet. */
  readonly meta: Meta | undefined;
  /** The server that answered, proven in the same exchange. */
  readonly answeredBy: StoreServer;
}

export interface MetaStore {
  /** A consistent read. @throws {StoreUnavailable} */
  readMeta(deadline: Deadline): Promise<MetaAnswer>;

  /**
   * Replaces the meta record if the whole record equals `expected` (`undefined` = there is none) and `on` answers.
   * `false` = it does not equal; nothing was written.
   * @throws {StoreServerChanged | StoreUnavailable} nothing was written
   * @throws {OutcomeUnknown} it may have been written
   */
  replaceMeta(expected: Meta | undefined, next: Meta, on: StoreServer, deadline: Deadline): Promise<boolean>;

  /** Whether this process alone has the store open, and no other can open it before `share` or the end of this process. */
  readonly exclusive: boolean;

  /**
   * Lets other processes open the store. Does nothing where they can already, or never can.
   * @throws {StoreUnavailable} another process opened the store exclusively in between
   */
  share(deadline: Deadline): Promise<void>;
}
