import { Agent, request } from 'node:http';
import type { Role } from '../../support/api-client.ts';

/** Longer than any timeout of the service. */
const TIMEOUT_MS = 10_000;
const MAX_CONNECTIONS = 64;

export interface HttpRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: object | undefined;
}

/** A response with the times of request and response, in milliseconds on one clock. */
export interface TimedResponse {
  /** `undefined` = no response: the outcome is unknown. */
  readonly status: number | undefined;
  readonly body: Body;
  readonly sentAt: number;
  readonly receivedAt: number;
}

interface Body {
  readonly code?: string;
  readonly membership?: { readonly role: Role; readonly version: number };
  readonly results?: readonly CheckResult[];
}

export interface CheckResult {
  readonly allowed: boolean;
  readonly role?: Role | undefined;
  readonly version?: number | undefined;
  readonly reason?: string | undefined;
}

/** An HTTP client with persistent connections. Never rejects. */
export class HttpClient {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: MAX_CONNECTIONS });

  send(url: string, { method, path, headers, body }: HttpRequest): Promise<TimedResponse> {
    return new Promise((resolve) => {
      const text = body === undefined ? undefined : JSON.stringify(body);
      const contentType = text === undefined ? {} : { 'Content-Type': 'application/json' };
      const sentAt = performance.now();
      const settle = (status?: number, received = ''): void =>
        resolve({ status, body: parseBody(received), sentAt, receivedAt: performance.now() });
      const outgoing = request(
        new URL(path, url),
        {
          method,
          agent: this.#agent,
          headers: { ...headers, ...contentType },
          timeout: TIMEOUT_MS,
        },
        (response) => {
          let received = '';
          response.setEncoding('utf8');
          response.on('data', (chunk: string) => {
            received += chunk;
          });
          response.on('end', () => settle(response.statusCode, received));
          response.on('error', () => settle());
        },
      );
      outgoing.on('timeout', () => outgoing.destroy());
      outgoing.on('error', () => settle());
      outgoing.end(text);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}

function parseBody(text: string): Body {
  return text === '' ? {} : JSON.parse(text);
}
