import type { Deadline } from '../../../ports/clock.ts';
import type { Finding } from '../../../ports/diagnosis.ts';
import type { Provisionable } from '../../../ports/maintenance.ts';
import type { MomentoClient } from './momento-client.ts';
import { provisionMomentoCache } from './momento-provisioning.ts';

/** Creates the cache. */
export class MomentoMaintenance implements Provisionable {
  readonly #momento: MomentoClient;

  constructor(momento: MomentoClient) {
    this.#momento = momento;
  }

  /** @throws {CacheUnavailable} */
  async provision(deadline: Deadline): Promise<readonly Finding[]> {
    const { state, text } = await provisionMomentoCache(this.#momento, deadline);
    return [{ level: 'ok', what: `momento: ${text}${state === 'made' ? ' (made just now)' : ''}` }];
  }
}
