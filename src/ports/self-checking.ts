import type { Deadline } from './clock.ts';

/** An adapter that can lose its resources while it is in use, such as its files. */
export interface SelfChecking {
  /** @throws {StoreUnavailable} the adapter cannot work now; the message names the reason and the remedy */
  selfCheck(deadline: Deadline): Promise<void>;
}
