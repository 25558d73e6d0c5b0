import {
  CacheClient,
  Configurations,
  type CreateCache,
  type CredentialProvider,
  NoopMomentoLoggerFactory,
  ReadConcern,
} from '@gomomento/sdk';

const DAY_SECONDS = 86_400;

/**
 * The SDK's client, set up so that one call is one request and reads see what was acknowledged. gRPC alone sends one
 * again, and only when the server has said that it did not look at it (REFUSED_STREAM).
 */
export class MomentoSdkClient extends CacheClient {
  #usedControlClient = false;

  /** Begins to connect. @param timeoutMs the longest that any request may take */
  constructor(credentialProvider: CredentialProvider, timeoutMs: number) {
    super({
      // It would log on standard output.
      configuration: Configurations.InRegion.LowLatency.latest(new NoopMomentoLoggerFactory())
        .withClientTimeoutMillis(timeoutMs)
        .withRetryStrategy({ determineWhenToRetryRequest: () => null })
        .withReadConcern(ReadConcern.CONSISTENT),
      credentialProvider,
      // Every set brings its own.
      defaultTtlSeconds: DAY_SECONDS,
    });
  }

  override createCache(...args: Parameters<CacheClient['createCache']>): Promise<CreateCache.Response> {
    this.#usedControlClient = true;
    return super.createCache(...args);
  }

  override close(): void {
    // Closing the client for making caches, when it has idled for four minutes, makes it anew and keeps the process
    // alive for two more. Where it was never used, there is nothing to close.
    if (this.#usedControlClient) super.close();
    else for (const client of this.dataClients) client.close();
  }
}
