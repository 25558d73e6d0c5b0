import { expect } from 'chai';
import { describeDynamoError } from '../../../../src/adapters/stores/dynamodb/describe-dynamo-error.ts';
import { AttemptTimeout } from '../../../../src/adapters/stores/dynamodb/dynamo-errors.ts';

const awsError = (name: string, message: string, httpStatusCode = 400) =>
  Object.assign(new Error(message), { name, $metadata: { httpStatusCode } });
const networkError = (code: string) =>
  Object.assign(new Error(`x ${code}`), { code, address: '127.0.0.1', port: 9 });

describe('describeDynamoError', () => {
  const cases: Readonly<Record<string, [unknown, string]>> = {
    'no attempt before the deadline': [undefined, 'DynamoDB was not called: the deadline had already passed'],
    'a timeout': [new AttemptTimeout(), 'DynamoDB did not answer in time'],
    'a refused connection': [
      networkError('ECONNREFUSED'),
      'DynamoDB cannot be reached: connection refused (127.0.0.1:9)',
    ],
    'a reset connection, after which the request may have been applied': [
      networkError('ECONNRESET'),
      'DynamoDB did not answer: connection reset (127.0.0.1:9)',
    ],
    'missing credentials': [
      Object.assign(new Error('Could not load credentials from any providers'), {
        name: 'CredentialsProviderError',
      }),
      'DynamoDB was not called: there are no AWS credentials (Could not load credentials from any providers); set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, a profile or a role',
    ],
    throttling: [
      awsError('ThrottlingException', 'Rate exceeded'),
      'DynamoDB could not process the request in time: ThrottlingException: Rate exceeded',
    ],
    'a missing permission, with advice': [
      awsError('AccessDeniedException', 'not authorized to perform: dynamodb:GetItem'),
      'DynamoDB rejected the request: AccessDeniedException: not authorized to perform: dynamodb:GetItem; check the IAM permissions of this process',
    ],
    'a cancelled transaction, with each reason once': [
      Object.assign(awsError('TransactionCanceledException', 'Transaction cancelled'), {
        CancellationReasons: [
          { Code: 'None' },
          { Code: 'TransactionConflict' },
          { Code: 'TransactionConflict' },
          { Code: 'ThrottlingError' },
        ],
      }),
      'DynamoDB cancelled the transaction: TransactionConflict, ThrottlingError',
    ],
    'a server error': [
      awsError('InternalServerError', 'try again', 500),
      'DynamoDB failed: InternalServerError: try again',
    ],
  };
  for (const [name, [error, expected]] of Object.entries(cases)) {
    it(`describes ${name}`, () => expect(describeDynamoError(error)).to.equal(expected));
  }
});
