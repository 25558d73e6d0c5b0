import { CredentialProvider } from '@gomomento/sdk';

/** A key as Momento gives it out. */
export interface MomentoKey {
  /** A v2 key, or a v1 token. */
  readonly apiKey: string;
  /** Of a v2 key, without scheme or `cache.`; a v1 token carries its own. */
  readonly endpoint?: string | undefined;
}

/** The key cannot be used. Says why, and shows nothing of it. */
export class InvalidMomentoKey extends Error {
  override readonly name = 'MomentoKeyRefused';
}

/** @throws {InvalidMomentoKey} */
export function momentoCredentials({ apiKey, endpoint }: MomentoKey): CredentialProvider {
  // Checked here because the SDK would show the key in its complaint.
  if (!/^[\x21-\x7e]+$/.test(apiKey)) {
    throw new InvalidMomentoKey('The Momento key is empty, or has characters that no key has.');
  }
  if (endpoint !== undefined && !/^[a-z\d.-]+(:\d+)?$/i.test(endpoint)) {
    throw new InvalidMomentoKey('The endpoint of the Momento key is not the name of a host.');
  }
  try {
    return endpoint === undefined
      ? CredentialProvider.fromString({ apiKey })
      : CredentialProvider.fromApiKeyV2({ apiKey, endpoint });
  } catch {
    // Without the cause: what the SDK says of a key that it cannot read may hold parts of it.
    throw new InvalidMomentoKey(
      endpoint === undefined
        ? 'The Momento key is no v1 token, and a v2 key needs its endpoint.'
        : 'The Momento key is no v2 key; a v1 token goes without an endpoint.',
    );
  }
}
