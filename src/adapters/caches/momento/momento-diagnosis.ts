import type { Deadline } from '../../../ports/clock.ts';
import type { Diagnosable, Finding } from '../../../ports/diagnosis.ts';
import { reasonOf } from '../../../ports/errors.ts';
import type { MomentoClient } from './momento-client.ts';
import { checkMomentoCache } from './momento-provisioning.ts';

/** Checks that Momento answers and that the cache exists. */
export class MomentoDiagnosis implements Diagnosable {
  readonly #momento: MomentoClient;

  constructor(momento: MomentoClient) {
    this.#momento = momento;
  }

  async diagnose(deadline: Deadline): Promise<readonly Finding[]> {
    try {
      const state = await checkMomentoCache(this.#momento, deadline);
      const what = `momento: cache ${this.#momento.cacheName}`;
      return [
        state === 'missing'
          ? { level: 'problem', what: `${what} does not exist`, advice: 'run `rollcall provision`' }
          : { level: 'ok', what },
      ];
    } catch (error) {
      return [
        {
          level: 'problem',
          what: reasonOf(error),
          advice:
            'check MOMENTO_API_KEY and MOMENTO_ENDPOINT, MOMENTO_SECRET_ID or MOMENTO_LOCAL, and the network connection',
        },
      ];
    }
  }
}
