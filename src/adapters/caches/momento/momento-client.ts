import { CredentialProvider, type SdkError } from '@gomomento/sdk';
import type { Clock, Deadline } from '../../../ports/clock.ts';
import { CacheUnavailable, reasonOf } from '../../../ports/errors.ts';
import { type MomentoKey, momentoCredentials } from './momento-credentials.ts';
import { isKeyRejected, momentoUnavailable } from './momento-errors.ts';
import { MomentoSdkClient } from './momento-sdk-client.ts';
import { type MomentoSecretOptions, readMomentoSecret } from './momento-secret.ts';

/** How to connect: a local server without TLS, an API key, or a secret that contains the key. */
export type MomentoAccess =
  | { readonly kind: 'local'; readonly host: string; readonly port: number }
  | ({ readonly kind: 'key' } & MomentoKey)
  | ({ readonly kind: 'secret' } & MomentoSecretOptions);

export interface MomentoClientOptions {
  readonly cacheName: string;
  readonly clock: Clock;
  /**
   * The maximum duration of any request in milliseconds, in addition to its deadline. After a failure the SDK's timers
   * run for twice as long.
   */
  readonly timeoutMs?: number | undefined;
}

const DEFAULT_TIMEOUT_MS = 1000;
/** The secret is read again at most this often when Momento rejects its key. */
const MIN_REFRESH_INTERVAL_MS = 10_000;

type Request<Response> = (
  sdk: MomentoSdkClient,
  options: { readonly abortSignal: AbortSignal },
) => Promise<Response>;

/**
 * Returns at once, and connects in the background as soon as Momento can be reached.
 * @throws {InvalidMomentoKey} the given API key is malformed
 */
export function createMomentoClient(
  options: MomentoClientOptions & { access: MomentoAccess },
): MomentoClient {
  const { access } = options;
  switch (access.kind) {
    case 'local': {
      const { host: hostname, port } = access;
      return new MomentoClient(CredentialProvider.forMomentoLocal({ hostname, port }), options);
    }
    case 'key':
      return new MomentoClient(momentoCredentials(access), options);
    case 'secret':
      return new MomentoClient(async () => momentoCredentials(await readMomentoSecret(access)), options);
  }
}

/** A client for one Momento cache. A key in a secret is read on first use, and again until that succeeds. */
export class MomentoClient {
  readonly cacheName: string;
  readonly #readCredentials: (() => Promise<CredentialProvider>) | undefined;
  readonly #clock: Clock;
  readonly #timeoutMs: number;
  #current: { readonly sdk: MomentoSdkClient; readonly token: string; readonly endpoint: string } | undefined;
  #connecting: Promise<MomentoSdkClient> | undefined;
  #lastReadAt = Number.NEGATIVE_INFINITY;
  #closed = false;

  /** @param credentials the credentials, or a function that reads them and always settles */
  constructor(
    credentials: CredentialProvider | (() => Promise<CredentialProvider>),
    { cacheName, clock, timeoutMs = DEFAULT_TIMEOUT_MS }: MomentoClientOptions,
  ) {
    this.cacheName = cacheName;
    this.#clock = clock;
    this.#timeoutMs = timeoutMs;
    if (typeof credentials === 'function') this.#readCredentials = credentials;
    else this.#connect(credentials);
  }

  /**
   * Sends one request and settles by the deadline. Then the request is cancelled, and a late response is ignored.
   * @throws {CacheUnavailable}
   */
  async send<Response extends SdkResponse>(
    deadline: Deadline,
    request: Request<Response>,
  ): Promise<Exclude<Response, SdkFailure>> {
    const remainingMs = deadline - this.#clock.monotonic();
    if (remainingMs <= 0) {
      throw new CacheUnavailable('Momento was not called: the deadline had already passed');
    }
    const abort = new AbortController();
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        abort.abort();
        const missing = this.#current === undefined;
        reject(
          new CacheUnavailable(
            missing ? 'the Momento API key was not available in time' : 'Momento did not answer in time',
          ),
        );
      }, remainingMs);
      this.#execute(request, abort.signal)
        .then(resolve, (error: unknown) => reject(momentoUnavailable(error, this.cacheName)))
        .finally(() => clearTimeout(timer));
    });
  }

  /** The endpoint that is used; `undefined` = its key is still being read. */
  endpoint(): string | undefined {
    if (this.#current === undefined) this.#refreshCredentials();
    return this.#current?.endpoint;
  }

  close(): void {
    this.#closed = true;
    this.#current?.sdk.close();
  }

  async #execute<Response extends SdkResponse>(
    request: Request<Response>,
    abortSignal: AbortSignal,
  ): Promise<Exclude<Response, SdkFailure>> {
    const sdk = this.#current?.sdk ?? (await this.#connectOnce());
    // The SDK would reconnect a client that was closed.
    if (this.#closed) throw new CacheUnavailable('the Momento client is closed');
    const response = await request(sdk, { abortSignal });
    const error = failureOf(response);
    if (error === undefined) return response as Exclude<Response, SdkFailure>;
    if (isKeyRejected(error)) this.#refreshCredentials();
    throw error;
  }

  /** Concurrent callers share one read of the secret. */
  #connectOnce(): Promise<MomentoSdkClient> {
    this.#connecting ??= this.#readAndConnect().finally(() => {
      this.#connecting = undefined;
    });
    return this.#connecting;
  }

  async #readAndConnect(): Promise<MomentoSdkClient> {
    this.#lastReadAt = this.#clock.monotonic();
    try {
      const credentials = await this.#readCredentials?.();
      if (credentials === undefined || this.#closed) throw new Error('the client is closed');
      return this.#connect(credentials);
    } catch (cause) {
      throw new CacheUnavailable(`cannot read the Momento API key: ${reasonOf(cause)}`, { cause });
    }
  }

  #connect(credentials: CredentialProvider): MomentoSdkClient {
    const token = credentials.getAuthToken();
    if (this.#current?.token === token) return this.#current.sdk;
    this.#current?.sdk.close();
    const sdk = new MomentoSdkClient(credentials, this.#timeoutMs);
    this.#current = { sdk, token, endpoint: credentials.getCacheEndpoint() };
    return sdk;
  }

  /** The key in the secret may have been rotated. Until the new one has been read, the current one stays in use. */
  #refreshCredentials(): void {
    if (this.#readCredentials === undefined || this.#connecting !== undefined) return;
    if (this.#clock.monotonic() - this.#lastReadAt < MIN_REFRESH_INTERVAL_MS) return;
    this.#connectOnce().catch(() => undefined);
  }
}

export interface SdkResponse {
  readonly type: string;
}

export interface SdkFailure extends SdkResponse {
  innerException(): SdkError;
}

function failureOf(response: SdkResponse): SdkError | undefined {
  return response.type === 'Error' ? (response as SdkFailure).innerException() : undefined;
}
