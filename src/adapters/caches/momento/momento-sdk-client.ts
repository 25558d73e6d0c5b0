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
 * The SDK's client, configured without retries and with consistent reads. gRPC itself resends a request only if the
 * server has stated that it did not process it (REFUSED_STREAM).
 */
export class MomentoSdkClient extends CacheClient {
  #usedControlClient = false;

  /** Starts to connect. @param timeoutMs the maximum duration of any request */
  constructor(credentialProvider: CredentialProvider, timeoutMs: number) {
    super({
      // The default logger writes to standard output.
      configuration: Configurations.InRegion.LowLatency.latest(new NoopMomentoLoggerFactory())
        .withClientTimeoutMillis(timeoutMs)
        .withRetryStrategy({ determineWhenToRetryRequest: () => null })
        .withReadConcern(ReadConcern.CONSISTENT),
      credentialProvider,
      // Required by the SDK, but every set has its own TTL.
      defaultTtlSeconds: DAY_SECONDS,
    });
  }

  override createCache(...args: Parameters<CacheClient['createCache']>): Promise<CreateCache.Response> {
    this.#usedControlClient = true;
    return super.createCache(...args);
  }

  override close(): void {
    // If the SDK's control client has been idle for four minutes, closing it creates it again and keeps the process
    // alive for two more minutes. If it was never used, it need not be closed.
    if (this.#usedControlClient) super.close();
    else for (const client of this.dataClients) client.close();
  }
}
