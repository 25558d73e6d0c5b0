import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { MomentoSecretOptions } from '../../../../src/adapters/caches/momento/momento-secret.ts';

/** How requests end: with this secret, with an AWS error, with a reset connection, or as `release` says. */
export type StubOutcome = { readonly secret: string } | { readonly error: string } | 'reset' | 'hold';

/** A server that implements GetSecretValue of AWS Secrets Manager. */
export class SecretsManagerStub {
  /** The secret ids of all requests so far. */
  readonly requestedIds: string[] = [];
  outcome: StubOutcome;
  #release: () => void = () => undefined;
  readonly #server: Server;

  static async start(outcome: StubOutcome): Promise<SecretsManagerStub> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new SecretsManagerStub(server, outcome);
  }

  private constructor(server: Server, outcome: StubOutcome) {
    this.#server = server;
    this.outcome = outcome;
    server.on('request', async (message, response) => {
      const { status, body } = await this.#respond(message);
      if (status === 0) return;
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(body));
    });
  }

  /** Options for reading the secret `momento/key` from this server. */
  get options(): MomentoSecretOptions {
    const { port } = this.#server.address() as AddressInfo;
    return {
      secretId: 'momento/key',
      region: 'eu-central-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      secretsManagerEndpoint: `http://127.0.0.1:${port}`,
    };
  }

  /** Ends held requests, and all later ones, with this outcome. */
  release(outcome: StubOutcome): void {
    this.outcome = outcome;
    this.#release();
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #respond(message: IncomingMessage): Promise<{ status: number; body?: unknown }> {
    this.requestedIds.push(JSON.parse(await text(message)).SecretId);
    if (this.outcome === 'hold') await new Promise<void>((resolve) => (this.#release = resolve));
    const { outcome } = this;
    if (outcome === 'reset') message.socket.resetAndDestroy();
    if (typeof outcome === 'string') return { status: 0 };
    if ('secret' in outcome) return { status: 200, body: { SecretString: outcome.secret } };
    return { status: 400, body: { __type: outcome.error, message: `injected ${outcome.error}` } };
  }
}
