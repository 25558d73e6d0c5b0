import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { createDynamoClient } from '../../../../src/adapters/stores/dynamodb/dynamo-client.ts';

export interface StubRequest {
  /** `GetItem`, `TransactWriteItems` … */
  readonly operation: string;
  /** The raw body. */
  readonly body: string;
  readonly token: string | undefined;
}

/**
 * - `success`: the response of a table without items that accepts every transaction
 * - `reset-before-apply`, `reset-after-apply`: a connection reset before or after a transaction is applied
 * - `drop-request`, `drop-response`: no response; only with `drop-response` a transaction is applied
 * - `error`: an error of DynamoDB
 * - `response`: this response
 */
export type StubOutcome =
  | 'success'
  | 'reset-before-apply'
  | 'reset-after-apply'
  | 'drop-request'
  | 'drop-response'
  | { readonly error: string; readonly status?: number; readonly reasons?: readonly string[] }
  | { readonly response: unknown };

/** A server that implements DynamoDB's JSON protocol with scripted outcomes. */
export class DynamoStub {
  readonly requests: StubRequest[] = [];
  /** The outcomes of the next requests of an operation; later requests succeed. */
  readonly script = new Map<string, StubOutcome[]>();
  readonly #applied = new Map<string, string>();
  readonly #server: Server;
  readonly client: DynamoDBDocumentClient;

  static async start(): Promise<DynamoStub> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new DynamoStub(server);
  }

  private constructor(server: Server) {
    this.#server = server;
    server.on('request', async (message, response) => {
      const { status, body } = await this.#respond(message);
      if (status === 0) return;
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' }).end(JSON.stringify(body));
    });
    const { port } = server.address() as AddressInfo;
    this.client = createDynamoClient({
      region: 'eu-central-1',
      endpoint: `http://127.0.0.1:${port}`,
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    });
  }

  /** The number of applied transactions; retries with the same token count once. */
  get applications(): number {
    return this.#applied.size;
  }

  requestsOf(operation: string): readonly StubRequest[] {
    return this.requests.filter((request) => request.operation === operation);
  }

  async stop(): Promise<void> {
    this.client.destroy();
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #respond(message: IncomingMessage): Promise<{ status: number; body?: unknown }> {
    const operation = String(message.headers['x-amz-target']).replace(/^.*\./, '');
    const body = await text(message);
    const request = { operation, body, token: JSON.parse(body).ClientRequestToken };
    this.requests.push(request);
    const outcome = this.script.get(operation)?.shift() ?? 'success';
    if (typeof outcome === 'object')
      return 'response' in outcome ? { status: 200, body: outcome.response } : failure(outcome);
    const served =
      outcome === 'reset-before-apply' || outcome === 'drop-request' ? undefined : this.#serve(request);
    if (outcome === 'success') return served ?? { status: 0 };
    if (outcome.startsWith('reset')) message.socket.resetAndDestroy();
    return { status: 0 };
  }

  #serve({ operation, body, token }: StubRequest): { status: number; body: unknown } {
    if (operation === 'TransactGetItems') {
      return { status: 200, body: { Responses: JSON.parse(body).TransactItems.map(() => ({})) } };
    }
    if (operation !== 'TransactWriteItems' || token === undefined) return { status: 200, body: {} };
    const digest = createHash('sha256').update(body).digest('hex');
    const before = this.#applied.get(token);
    if (before !== undefined && before !== digest)
      return failure({ error: 'IdempotentParameterMismatchException' });
    this.#applied.set(token, digest);
    return { status: 200, body: {} };
  }
}

function failure({ error, status = 400, reasons }: Extract<StubOutcome, { error: string }>) {
  const body = {
    __type: `com.amazonaws.dynamodb.v20120810#${error}`,
    message: `injected ${error}`,
    ...(reasons && { CancellationReasons: reasons.map((Code) => ({ Code })) }),
  };
  return { status, body };
}

/** A cancelled transaction, with one code for each of its items. */
export const cancelled = (...reasons: readonly string[]): StubOutcome => ({
  error: 'TransactionCanceledException',
  reasons,
});
