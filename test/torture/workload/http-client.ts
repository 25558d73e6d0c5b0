import { Agent, request } from 'node:http';
import type { Role } from '../../support/api-client.ts';

/** Longer than the service takes for anything. */
const LIMIT_MS = 10_000;
const CONNECTIONS = 64;

export interface Ask {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: object | undefined;
}

/** What came of a request, and when it was sent and answered: milliseconds of one clock. */
export interface Reply {
  /** `undefined` = there was no answer, and nobody knows what became of the request. */
  readonly status: number | undefined;
  readonly body: Body;
  readonly from: number;
  readonly to: number;
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

/** Asks over connections that are kept. Never rejects. */
export class HttpClient {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });

  send(url: string, { method, path, headers, body }: Ask): Promise<Reply> {
    return new Promise((resolve) => {
      const text = body === undefined ? undefined : JSON.stringify(body);
      const content = text === undefined ? {} : { 'Content-Type': 'application/json' };
      const from = performance.now();
      const settle = (status?: number, received = ''): void =>
        resolve({ status, body: bodyOf(received), from, to: performance.now() });
      const sent = request(
        new URL(path, url),
        {
          method,
          agent: this.#agent,
          headers: { ...headers, ...content },
          timeout: LIMIT_MS,
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
      sent.on('timeout', () => sent.destroy());
      sent.on('error', () => settle());
      sent.end(text);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}

function bodyOf(text: string): Body {
  return text === '' ? {} : JSON.parse(text);
}
