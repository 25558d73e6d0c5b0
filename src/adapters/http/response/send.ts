import type { IncomingMessage, ServerResponse } from 'node:http';
import { hasBody } from '../request/has-body.ts';
import { drain } from './drain.ts';

type Headers = Readonly<Record<string, string | number>>;

/**
 * Sends a response with a JSON body or none. Headers that were set before are kept. If the request has not been received
 * completely, the connection is closed, because the rest is not needed.
 */
export function send(response: ServerResponse, status: number, body?: unknown, headers: Headers = {}): void {
  const text = body === undefined ? undefined : JSON.stringify(body);
  const content = text === undefined ? {} : contentOf(text);
  const answer = () => {
    if (isComplete(response.req)) response.writeHead(status, { ...content, ...headers }).end(text);
    else answerAndClose(response, status, { ...content, ...headers, Connection: 'close' }, text);
  };
  // A body that arrived together with the headers may not have been parsed yet.
  if (isComplete(response.req)) answer();
  else setImmediate(answer);
}

function contentOf(text: string): Headers {
  return { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) };
}

function isComplete(request: IncomingMessage): boolean {
  return request.complete || !hasBody(request);
}

/** Node closes the connection when the response ends; by then the client should have received all of it. */
function answerAndClose(response: ServerResponse, status: number, headers: Headers, text = ''): void {
  response.writeHead(status, headers).flushHeaders();
  if (text !== '') response.write(text);
  void drain(response.req).then(() => response.end());
}
