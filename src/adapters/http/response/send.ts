import type { IncomingMessage, ServerResponse } from 'node:http';
import { hasBody } from '../request/has-body.ts';
import { drain } from './drain.ts';

type Headers = Readonly<Record<string, string | number>>;

/**
 * Answers with JSON, or with nothing. Headers that were set before are kept. The connection ends where the request has not
 * come whole: nobody wants the rest.
 */
export function send(response: ServerResponse, status: number, body?: unknown, headers: Headers = {}): void {
  const text = body === undefined ? undefined : JSON.stringify(body);
  const content = text === undefined ? {} : contentOf(text);
  const answer = () => {
    if (isWhole(response.req)) response.writeHead(status, { ...content, ...headers }).end(text);
    else answerAndClose(response, status, { ...content, ...headers, Connection: 'close' }, text);
  };
  // What came together with the headers may not have been looked at yet.
  if (isWhole(response.req)) answer();
  else setImmediate(answer);
}

function contentOf(text: string): Headers {
  return { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) };
}

function isWhole(request: IncomingMessage): boolean {
  return request.complete || !hasBody(request);
}

/** Node closes once the response has ended; by then the client should have all of it. */
function answerAndClose(response: ServerResponse, status: number, headers: Headers, text = ''): void {
  response.writeHead(status, headers).flushHeaders();
  if (text !== '') response.write(text);
  void drain(response.req).then(() => response.end());
}
