import { CredentialProvider } from '@gomomento/sdk';

/** An API key as Momento issues it. */
export interface MomentoKey {
  /** A v2 API key, or a v1 token. */
  readonly apiKey: string;
  /** Required for a v2 key, without scheme or `cache.`. A v1 token contains its own. */
  readonly endpoint?: string | undefined;
}

/** The key cannot be used. The message never contains any part of it. */
export class InvalidMomentoKey extends Error {
  override readonly name = 'InvalidMomentoKey';
}

/** @throws {InvalidMomentoKey} */
export function momentoCredentials({ apiKey, endpoint }: MomentoKey): CredentialProvider {
  // Checked here, because the SDK's own error message contains the key.
  if (!/^[\x21-\x7e]+$/.test(apiKey)) {
    throw new InvalidMomentoKey('the Momento API key is empty or contains invalid characters');
  }
  if (endpoint !== undefined && !/^[a-z\d.-]+(:\d+)?$/i.test(endpoint)) {
    throw new InvalidMomentoKey(
      'the Momento endpoint must be a host name, such as cell-1.us-west-2-1.prod.a.momentohq.com',
    );
  }
  try {
    return endpoint === undefined
      ? CredentialProvider.fromString({ apiKey })
      : CredentialProvider.fromApiKeyV2({ apiKey, endpoint });
  } catch {
    // Without the cause, because the SDK's message may contain parts of the key.
    throw new InvalidMomentoKey(
      endpoint === undefined
        ? 'the Momento API key is not a v1 token; a v2 key also needs its endpoint'
        : 'the Momento API key is not a v2 key; a v1 token must be given without an endpoint',
    );
  }
}
