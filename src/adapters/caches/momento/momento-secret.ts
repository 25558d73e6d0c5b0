import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { InvalidMomentoKey, type MomentoKey } from './momento-credentials.ts';

export interface MomentoSecretOptions {
  /** Name or ARN of a secret in AWS Secrets Manager. */
  readonly secretId: string;
  /** Momento's endpoint, where the secret does not name it. */
  readonly endpoint?: string | undefined;
  /** AWS. Absent = where the SDK finds them (environment, profile, role). */
  readonly region?: string | undefined;
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string } | undefined;
  /** Absent = Amazon's own for the region. */
  readonly secretsManagerEndpoint?: string | undefined;
  /** Milliseconds until the reading is given up. */
  readonly timeoutMs?: number | undefined;
}

const DEFAULT_TIMEOUT_MS = 3000;

/** What a secret made of fields may call the key: Momento's own tools, its variables, and its tutorial. */
const KEY_FIELDS = ['apiKey', 'MOMENTO_API_KEY', 'MOMENTO_AUTH_TOKEN'];
const ENDPOINT_FIELDS = ['endpoint', 'MOMENTO_ENDPOINT'];

/** Reads the key. Rejects with AWS's error, or with `InvalidMomentoKey` where the secret holds none. */
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
        reject(new Error(`Secrets Manager did not answer within ${timeoutMs} ms.`));
      }, timeoutMs);
    });
    const command = new GetSecretValueCommand({ SecretId: secretId });
    // A race, because finding AWS's credentials heeds no signal.
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

/** The secret is the key alone, or JSON with its fields. @throws {InvalidMomentoKey} */
export function parseMomentoSecret(text: string): MomentoKey {
  const trimmed = text.trim();
  if (!trimmed.startsWith('{')) return { apiKey: trimmed };
  const fields = parseFields(trimmed);
  const apiKey = firstString(fields, KEY_FIELDS);
  if (apiKey === undefined) {
    throw new InvalidMomentoKey(`The secret is JSON without a field ${KEY_FIELDS.join(' or ')}.`);
  }
  const endpoint = firstString(fields, ENDPOINT_FIELDS);
  return { apiKey, ...(endpoint === undefined ? {} : { endpoint }) };
}

function parseFields(text: string): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(text);
  } catch {
    // Without the cause: the parser shows what it stumbled over.
    throw new InvalidMomentoKey('The secret begins like JSON, but cannot be read.');
  }
}

function firstString(
  fields: Readonly<Record<string, unknown>>,
  names: readonly string[],
): string | undefined {
  const found = names.map((name) => fields[name]).find((value) => typeof value === 'string');
  return typeof found === 'string' ? found.trim() : undefined;
}
