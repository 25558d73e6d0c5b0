import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';

export interface DynamoClientOptions {
  /** Absent = where the SDK finds it (environment, profile). */
  readonly region?: string | undefined;
  /** Absent = Amazon's own for the region. */
  readonly endpoint?: string | undefined;
  /** Absent = where the SDK finds them (environment, profile, role). */
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string } | undefined;
}

const CONNECTION_TIMEOUT_MS = 500;
/** Longer than any attempt may take: the deadline of a request ends it, this only what has none. */
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
    // One attempt is one request: whether to send again depends on what a lost answer may have done, which the SDK
    // does not know.
    maxAttempts: 1,
    requestHandler: {
      connectionTimeout: CONNECTION_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      throwOnRequestTimeout: true,
    },
  });
  return DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });
}

/** Whether the client knows its region; without one it sends nothing. */
export async function hasRegion({ config }: DynamoDBDocumentClient): Promise<boolean> {
  return config.region().then(
    () => true,
    () => false,
  );
}
