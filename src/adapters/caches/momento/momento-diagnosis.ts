import type { Deadline } from '../../../ports/clock.ts';
import type { Diagnosable, Finding } from '../../../ports/diagnosis.ts';
import { reasonOf } from '../../../ports/errors.ts';
import type { MomentoClient } from './momento-client.ts';
import { checkMomentoCache } from './momento-provisioning.ts';

/** Whether Momento answers, and has the cache. */
export class MomentoDiagnosis implements Diagnosable {
  readonly #momento: MomentoClient;

  constructor(momento: MomentoClient) {
    this.#momento = momento;
  }

  async diagnose(deadline: Deadline): Promise<readonly Finding[]> {
    try {
      const { state, text } = await checkMomentoCache(this.#momento, deadline);
      const what = `momento: ${text}`;
      return [
        state === 'missing'
          ? { level: 'problem', what, advice: 'run `rollcall provision`' }
          : { level: 'ok', what },
      ];
    } catch (error) {
      return [
        {
          level: 'problem',
          what: `momento: ${reasonOf(error)}`,
          advice:
            'check MOMENTO_API_KEY and MOMENTO_ENDPOINT, or MOMENTO_SECRET_ID, or MOMENTO_LOCAL, and that it can be reached from here',
        },
      ];
    }
  }
}
