import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { InvalidMomentoKey, type MomentoKey } from './momento-credentials.ts';

export interface MomentoSecretOptions {
  /** The name or ARN of a secret in AWS Secrets Manager. */
  readonly secretId: string;
  /** Momento's endpoint, unless the secret contains it. */
  readonly endpoint?: string | undefined;
  /** Region and credentials for AWS. Absent = the SDK's default chain (environment, profile, role). */
  readonly region?: string | undefined;
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string } | undefined;
  /** Absent = Amazon's endpoint for the region. */
  readonly secretsManagerEndpoint?: string | undefined;
  /** In milliseconds. */
  readonly timeoutMs?: number | undefined;
}

const DEFAULT_TIMEOUT_MS = 3000;

/** The names of the key in a JSON secret: of Momento's own tools, of its environment variables and of its tutorial. */
const KEY_FIELDS = ['apiKey', 'MOMENTO_API_KEY', 'MOMENTO_AUTH_TOKEN'];
const ENDPOINT_FIELDS = ['endpoint', 'MOMENTO_ENDPOINT'];

/** Reads the key. Rejects with the error of AWS, or with `InvalidMomentoKey` if the secret contains no key. */
export async function readMomentoSecret(options: MomentoSecretOptions): Promise<MomentoKey> {
  const { secretId, region, credentials, secretsManagerEndpoint, timeoutMs = DEFAULT_TIMEOUT_MS } = options;
  const client = new SecretsManagerClient({
    ...(region === undefined ? {} : { region }),
    ...(credentials === undefined ? {} : { credentials }),
    ...(secretsManagerEndpoint === undefined ? {} : { endpoint: secretsManagerEndpoint }),
    maxAttempts: 1,
  });
  const abort = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  try {
    const timeout = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        abort.abort();
        reject(new Error(`AWS Secrets Manager did not answer within ${timeoutMs} ms`));
      }, timeoutMs);
    });
    const command = new GetSecretValueCommand({ SecretId: secretId });
    // A race, because the SDK ignores the abort signal while it loads AWS credentials.
    const { SecretString } = await Promise.race([
      client.send(command, { abortSignal: abort.signal }),
      timeout,
    ]);
    return { endpoint: options.endpoint, ...parseMomentoSecret(SecretString ?? '') };
  } finally {
    clearTimeout(timer);
    client.destroy();
  }
}

/** The secret is either the key itself or a JSON object. @throws {InvalidMomentoKey} */
export function parseMomentoSecret(text: string): MomentoKey {
  const trimmed = text.trim();
  if (!trimmed.startsWith('{')) return { apiKey: trimmed };
  const fields = parseFields(trimmed);
  const apiKey = firstString(fields, KEY_FIELDS);
  if (apiKey === undefined) {
    throw new InvalidMomentoKey(`the secret is JSON without a field ${KEY_FIELDS.join(' or ')}`);
  }
  const endpoint = firstString(fields, ENDPOINT_FIELDS);
  return { apiKey, ...(endpoint === undefined ? {} : { endpoint }) };
}

function parseFields(text: string): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(text);
  } catch {
    // Without the cause, because the parser's message contains parts of the secret.
    throw new InvalidMomentoKey('the secret starts with "{" but is not valid JSON');
  }
}

function firstString(
  fields: Readonly<Record<string, unknown>>,
  names: readonly string[],
): string | undefined {
  const found = names.map((name) => fields[name]).find((value) => typeof value === 'string');
  return typeof found === 'string' ? found.trim() : undefined;
}
