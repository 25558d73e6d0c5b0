import type { Deadline } from './clock.ts';

/** An adapter that can lose what it works with while it serves, such as its files. */
export interface SelfChecking {
  /** @throws {StoreUnavailable} It cannot do its work now; the message names the reason and what to do. */
  selfCheck(deadline: Deadline): Promise<void>;
}
