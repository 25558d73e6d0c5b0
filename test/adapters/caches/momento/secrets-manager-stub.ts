import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { MomentoSecretOptions } from '../../../../src/adapters/caches/momento/momento-secret.ts';

/** How a request ends: with this secret; with an error of AWS; by a reset connection; or as is said when it is released. */
export type Ending = { readonly secret: string } | { readonly error: string } | 'reset' | 'held';

/** Speaks the part of AWS Secrets Manager that reads a secret. */
export class SecretsManagerStub {
  /** The names of the secrets that were asked for. */
  readonly asked: string[] = [];
  ending: Ending;
  #release: () => void = () => undefined;
  readonly #server: Server;

  static async start(ending: Ending): Promise<SecretsManagerStub> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new SecretsManagerStub(server, ending);
  }

  private constructor(server: Server, ending: Ending) {
    this.#server = server;
    this.ending = ending;
    server.on('request', async (message, response) => {
      const { status, body } = await this.#answerTo(message);
      if (status === 0) return;
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(body));
    });
  }

  /** What reads `momento/key` from here. */
  get options(): MomentoSecretOptions {
    const { port } = this.#server.address() as AddressInfo;
    return {
      secretId: 'momento/key',
      region: 'eu-central-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      secretsManagerEndpoint: `http://127.0.0.1:${port}`,
    };
  }

  /** Lets what is held go on, to this ending. */
  release(ending: Ending): void {
    this.ending = ending;
    this.#release();
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #answerTo(message: IncomingMessage): Promise<{ status: number; body?: unknown }> {
    this.asked.push(JSON.parse(await text(message)).SecretId);
    if (this.ending === 'held') await new Promise<void>((go) => (this.#release = go));
    const { ending } = this;
    if (ending === 'reset') message.socket.resetAndDestroy();
    if (typeof ending === 'string') return { status: 0 };
    if ('secret' in ending) return { status: 200, body: { SecretString: ending.secret } };
    return { status: 400, body: { __type: ending.error, message: `a ${ending.error} on purpose` } };
  }
}
