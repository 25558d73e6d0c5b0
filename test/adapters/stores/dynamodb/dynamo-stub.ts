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
  /** The bytes as they came. */
  readonly body: string;
  readonly token: string | undefined;
}

/**
 * How a request ends: as a server answers that has no items and takes every transaction; by a vendor's error; by this
 * answer; or without one: the connection is reset, before or after the transaction was applied, or nothing comes at all.
 */
export type StubOutcome =
  | 'success'
  | 'reset-before-apply'
  | 'reset-after-apply'
  | 'drop-request'
  | 'drop-response'
  | { readonly error: string; readonly status?: number; readonly reasons?: readonly string[] }
  | { readonly answer: unknown };

/** A server that speaks DynamoDB's JSON protocol and fails as a test says. */
export class DynamoStub {
  readonly requests: StubRequest[] = [];
  /** The endings of the next requests of an operation; after the last one, all are served. */
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
      const { status, body } = await this.#end(message);
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

  /** How many transactions were applied: one sent twice with one token counts once. */
  get applications(): number {
    return this.#applied.size;
  }

  of(operation: string): readonly StubRequest[] {
    return this.requests.filter((request) => request.operation === operation);
  }

  async stop(): Promise<void> {
    this.client.destroy();
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #end(message: IncomingMessage): Promise<{ status: number; body?: unknown }> {
    const operation = String(message.headers['x-amz-target']).replace(/^.*\./, '');
    const body = await text(message);
    const request = { operation, body, token: JSON.parse(body).ClientRequestToken };
    this.requests.push(request);
    const outcome = this.script.get(operation)?.shift() ?? 'success';
    if (typeof outcome === 'object')
      return 'answer' in outcome ? { status: 200, body: outcome.answer } : failure(outcome);
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
    message: `a ${error} on purpose`,
    ...(reasons && { CancellationReasons: reasons.map((Code) => ({ Code })) }),
  };
  return { status, body };
}

/** A transaction that was cancelled, with a code for each of its items. */
export const cancelled = (...reasons: readonly string[]): StubOutcome => ({
  error: 'TransactionCanceledException',
  reasons,
});
