import type { Deadline } from '../../../ports/clock.ts';
import type { Finding } from '../../../ports/diagnosis.ts';
import type { Provisionable } from '../../../ports/maintenance.ts';
import type { MomentoClient } from './momento-client.ts';
import { provisionMomentoCache } from './momento-provisioning.ts';

export class MomentoMaintenance implements Provisionable {
  readonly #momento: MomentoClient;

  constructor(momento: MomentoClient) {
    this.#momento = momento;
  }

  /** @throws {CacheUnavailable} */
  async provision(deadline: Deadline): Promise<readonly Finding[]> {
    const state = await provisionMomentoCache(this.#momento, deadline);
    const what = `momento: cache ${this.#momento.cacheName}${state === 'created' ? ' (created)' : ''}`;
    return [{ level: 'ok', what }];
  }
}
