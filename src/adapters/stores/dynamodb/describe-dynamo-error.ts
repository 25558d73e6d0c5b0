import { reasonOf } from '../../../ports/errors.ts';
import { describeNetworkError } from '../../../ports/network-error.ts';
import { AttemptTimeout, classify, reasonsAmong } from './dynamo-errors.ts';

/** What to do about errors that only a person can resolve. */
const ADVICE: Readonly<Record<string, string>> = {
  AccessDeniedException: 'check the IAM permissions of this process',
  ExpiredTokenException: 'renew the AWS credentials of this process',
  InvalidSignatureException: 'check the AWS credentials of this process',
  UnrecognizedClientException: 'check the AWS credentials of this process',
};

/** Why a request failed, in one line that begins with "DynamoDB". */
export function describeDynamoError(error: unknown): string {
  if (error === undefined) return 'DynamoDB was not called: the deadline had already passed';
  if (error instanceof AttemptTimeout) return 'DynamoDB did not answer in time';
  const network = describeNetworkError(error);
  const errorClass = classify(error);
  if (network !== undefined) {
    return errorClass.kind === 'transient'
      ? `DynamoDB cannot be reached: ${network}`
      : `DynamoDB did not answer: ${network}`;
  }
  const name = error instanceof Error ? error.name : '';
  if (name === 'CredentialsProviderError') {
    return `DynamoDB was not called: there are no AWS credentials (${reasonOf(error)}); set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, a profile or a role`;
  }
  const detail = name === '' || name === 'Error' ? reasonOf(error) : `${name}: ${reasonOf(error)}`;
  switch (errorClass.kind) {
    case 'cancelled':
      return `DynamoDB cancelled the transaction: ${[...new Set(reasonsAmong(errorClass.codes))].join(', ')}`;
    case 'transient':
      return `DynamoDB could not process the request in time: ${detail}`;
    case 'rejected':
    case 'token_reused': {
      const advice = ADVICE[name];
      return `DynamoDB rejected the request: ${detail}${advice === undefined ? '' : `; ${advice}`}`;
    }
    case 'unknown':
      return `DynamoDB failed: ${detail}`;
  }
}
