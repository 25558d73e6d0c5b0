import { CredentialProvider, type SdkError } from '@gomomento/sdk';
import type { Clock, Deadline } from '../../../ports/clock.ts';
import { CacheUnavailable, reasonOf } from '../../../ports/errors.ts';
import { type MomentoKey, momentoCredentials } from './momento-credentials.ts';
import { isKeyRejected, momentoUnavailable } from './momento-errors.ts';
import { MomentoSdkClient } from './momento-sdk-client.ts';
import { type MomentoSecretOptions, readMomentoSecret } from './momento-secret.ts';

/** How to get at Momento: a server without TLS, a key, or a secret that holds the key. */
export type MomentoAccess =
  | { readonly kind: 'local'; readonly host: string; readonly port: number }
  | ({ readonly kind: 'key' } & MomentoKey)
  | ({ readonly kind: 'secret' } & MomentoSecretOptions);

export interface MomentoClientOptions {
  readonly cacheName: string;
  readonly clock: Clock;
  /** Milliseconds that any request may take, whatever its deadline. After failures, timers of the SDK last twice as long. */
  readonly timeoutMs?: number | undefined;
}

const DEFAULT_TIMEOUT_MS = 1000;
/** A secret is not read again sooner than that because Momento refuses its key. */
const MIN_REFRESH_INTERVAL_MS = 10_000;

/** Waits for nobody, and works as soon as Momento can be reached. @throws {InvalidMomentoKey} where the key is given and cannot be one */
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

/** One cache of Momento. Where its key has to be read first, that happens when it is first needed, and again until it succeeds. */
export class MomentoClient {
  readonly cacheName: string;
  readonly #readCredentials: (() => Promise<CredentialProvider>) | undefined;
  readonly #clock: Clock;
  readonly #timeoutMs: number;
  #current: { readonly sdk: MomentoSdkClient; readonly token: string } | undefined;
  #connecting: Promise<MomentoSdkClient> | undefined;
  #lastReadAt = Number.NEGATIVE_INFINITY;
  #closed = false;

  /** @param credentials or how to read them; reading must come to an end */
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
   * Lets the SDK send one request, and settles by the deadline; then the request is cancelled, and a late answer dropped.
   * @throws {CacheUnavailable}
   */
  async request<A extends SdkAnswer>(
    deadline: Deadline,
    request: (sdk: MomentoSdkClient, options: { abortSignal: AbortSignal }) => Promise<A>,
  ): Promise<Exclude<A, SdkFailure>> {
    const remainingMs = deadline - this.#clock.monotonic();
    if (remainingMs <= 0) throw new CacheUnavailable('The deadline had passed before Momento was asked.');
    const abort = new AbortController();
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        abort.abort();
        const what =
          this.#current === undefined ? 'The key of Momento was not there' : 'Momento did not answer';
        reject(new CacheUnavailable(`${what} in time.`));
      }, remainingMs);
      this.#send(request, abort.signal)
        .then(resolve, (error: unknown) => reject(momentoUnavailable(error, this.cacheName)))
        .finally(() => clearTimeout(timer));
    });
  }

  close(): void {
    this.#closed = true;
    this.#current?.sdk.close();
  }

  async #send<A extends SdkAnswer>(
    request: (sdk: MomentoSdkClient, options: { abortSignal: AbortSignal }) => Promise<A>,
    abortSignal: AbortSignal,
  ): Promise<Exclude<A, SdkFailure>> {
    const sdk = this.#current?.sdk ?? (await this.#connectOnce());
    // The SDK would connect anew for a client that was closed.
    if (this.#closed) throw new CacheUnavailable('The connection to Momento is closed.');
    const answer = await request(sdk, { abortSignal });
    const error = failureOf(answer);
    if (error === undefined) return answer as Exclude<A, SdkFailure>;
    if (isKeyRejected(error)) this.#refreshCredentials();
    throw error;
  }

  /** One reading for all that wait for it. */
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
      if (credentials === undefined || this.#closed) throw new Error('the connection is closed');
      return this.#connect(credentials);
    } catch (cause) {
      throw new CacheUnavailable(`The key of Momento cannot be had: ${reasonOf(cause)}`, { cause });
    }
  }

  #connect(credentials: CredentialProvider): MomentoSdkClient {
    const token = credentials.getAuthToken();
    if (this.#current?.token === token) return this.#current.sdk;
    this.#current?.sdk.close();
    const sdk = new MomentoSdkClient(credentials, this.#timeoutMs);
    this.#current = { sdk, token };
    return sdk;
  }

  /** The key may have been replaced in its secret; until that is known, the one at hand stays in use. */
  #refreshCredentials(): void {
    if (this.#readCredentials === undefined || this.#connecting !== undefined) return;
    if (this.#clock.monotonic() - this.#lastReadAt < MIN_REFRESH_INTERVAL_MS) return;
    this.#connectOnce().catch(() => undefined);
  }
}

interface SdkAnswer {
  readonly type: string;
}

interface SdkFailure extends SdkAnswer {
  innerException(): SdkError;
}

function failureOf(answer: SdkAnswer): SdkError | undefined {
  return answer.type === 'Error' ? (answer as SdkFailure).innerException() : undefined;
}
