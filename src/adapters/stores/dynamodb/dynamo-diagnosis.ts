import type { Deadline } from '../../../ports/clock.ts';
import type { Diagnosable, Finding } from '../../../ports/diagnosis.ts';
import { reasonOf } from '../../../ports/errors.ts';
import { checkTable, type TableOptions } from './dynamo-table.ts';
import { findingOf } from './table-finding.ts';

/** Whether the table is there and set up as it should be. */
export class DynamoDiagnosis implements Diagnosable {
  readonly #options: TableOptions;

  constructor(options: TableOptions) {
    this.#options = options;
  }

  async diagnose(deadline: Deadline): Promise<readonly Finding[]> {
    try {
      return (await checkTable(this.#options, deadline)).map(findingOf);
    } catch (error) {
      return [
        {
          level: 'problem',
          what: `dynamodb: ${reasonOf(error)}`,
          advice: 'check TABLE_NAME, AWS_REGION, DYNAMODB_ENDPOINT and the credentials of this process',
        },
      ];
    }
  }
}
