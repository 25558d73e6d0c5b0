import type { Deadline } from '../../../ports/clock.ts';
import type { Diagnosable, Finding } from '../../../ports/diagnosis.ts';
import { reasonOf } from '../../../ports/errors.ts';
import { checkTable, type TableOptions } from './dynamo-table.ts';
import { findingOf } from './table-finding.ts';

/** Checks that the table exists and has the required settings. */
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
          what: reasonOf(error),
          advice: 'check TABLE_NAME, AWS_REGION, DYNAMODB_ENDPOINT and the AWS credentials of this process',
        },
      ];
    }
  }
}
