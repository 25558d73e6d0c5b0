import { CredentialProvider, type SdkError } from '@gomomento/sdk';
import type { Clock, Deadline } from '../../../ports/clock.ts';
import { CacheUnavailable, reasonOf } from '../../../ports/errors.ts';
import { type MomentoKey, momentoCredentials } from './momento-credentials.ts';
import { isKeyRefused, momentoUnavailable } from './momento-errors.ts';
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

const TIMEOUT_MS = 1000;
/** A secret is not read again sooner than that because Momento refuses its key. */
const RENEWAL_PAUSE_MS = 10_000;

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
  #opening: Promise<MomentoSdkClient> | undefined;
  #lastReading = Number.NEGATIVE_INFINITY;
  #closed = false;

  /** @param credentials or how to read them; reading must come to an end */
  constructor(
    credentials: CredentialProvider | (() => Promise<CredentialProvider>),
    { cacheName, clock, timeoutMs = TIMEOUT_MS }: MomentoClientOptions,
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
  async ask<A extends SdkAnswer>(
    deadline: Deadline,
    request: (sdk: MomentoSdkClient, options: { abortSignal: AbortSignal }) => Promise<A>,
  ): Promise<Exclude<A, SdkFailure>> {
    const left = deadline - this.#clock.monotonic();
    if (left <= 0) throw new CacheUnavailable('The deadline had passed before Momento was asked.');
    const abort = new AbortController();
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        abort.abort();
        const what =
          this.#current === undefined ? 'The key of Momento was not there' : 'Momento did not answer';
        reject(new CacheUnavailable(`${what} in time.`));
      }, left);
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
    const sdk = this.#current?.sdk ?? (await this.#open());
    // The SDK would connect anew for a client that was closed.
    if (this.#closed) throw new CacheUnavailable('The connection to Momento is closed.');
    const answer = await request(sdk, { abortSignal });
    const error = failureOf(answer);
    if (error === undefined) return answer as Exclude<A, SdkFailure>;
    if (isKeyRefused(error)) this.#renew();
    throw error;
  }

  /** One reading for all that wait for it. */
  #open(): Promise<MomentoSdkClient> {
    this.#opening ??= this.#readAndConnect().finally(() => {
      this.#opening = undefined;
    });
    return this.#opening;
  }

  async #readAndConnect(): Promise<MomentoSdkClient> {
    this.#lastReading = this.#clock.monotonic();
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
  #renew(): void {
    if (this.#readCredentials === undefined || this.#opening !== undefined) return;
    if (this.#clock.monotonic() - this.#lastReading < RENEWAL_PAUSE_MS) return;
    this.#open().catch(() => undefined);
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
