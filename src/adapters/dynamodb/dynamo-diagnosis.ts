import type { Deadline } from '../../ports/clock.ts';
import type { Diagnosable, Finding } from '../../ports/diagnosis.ts';
import { checkTable, type TableFinding, type TableOptions } from './dynamo-table.ts';

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
      const { cause } = error as Error;
      return [
        {
          level: 'problem',
          what: `dynamodb: ${cause instanceof Error ? `${cause.name}: ${cause.message}` : String(error)}`,
          advice: 'check TABLE_NAME, AWS_REGION, DYNAMODB_ENDPOINT and the credentials of this process',
        },
      ];
    }
  }
}

function findingOf({ state, text, vital }: TableFinding): Finding {
  const what = `dynamodb: ${text}`;
  switch (state) {
    case 'right':
    case 'made':
      return { level: 'ok', what };
    case 'missing':
      return { level: vital ? 'problem' : 'warning', what, advice: 'run `rollcall provision`' };
    case 'wrong':
      return {
        level: vital ? 'problem' : 'warning',
        what,
        advice: 'change it by hand: Rollcall does not touch what others may use',
      };
    case 'not_offered':
      return { level: 'warning', what, advice: 'mind your own backups' };
  }
}
