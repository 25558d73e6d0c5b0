import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';

export interface DynamoClientOptions {
  /** Absent = the SDK's default chain (environment, profile). */
  readonly region?: string | undefined;
  /** Absent = Amazon's endpoint for the region. */
  readonly endpoint?: string | undefined;
  /** Absent = the SDK's default chain (environment, profile, role). */
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string } | undefined;
}

const CONNECTION_TIMEOUT_MS = 500;
/** Applies only to requests without a deadline: each attempt of the others is shorter. */
const REQUEST_TIMEOUT_MS = 5000;

export function createDynamoClient({
  region,
  endpoint,
  credentials,
}: DynamoClientOptions): DynamoDBDocumentClient {
  const client = new DynamoDBClient({
    ...(region === undefined ? {} : { region }),
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(credentials === undefined ? {} : { credentials }),
    // The SDK must not retry: only the store knows whether a lost request may have been applied.
    maxAttempts: 1,
    requestHandler: {
      connectionTimeout: CONNECTION_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      throwOnRequestTimeout: true,
    },
  });
  return DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });
}

/** Whether the client has a region, without which it cannot send any request. */
export async function hasRegion({ config }: DynamoDBDocumentClient): Promise<boolean> {
  return config.region().then(
    () => true,
    () => false,
  );
}
